import { tierBit } from '../access/tiers.ts'
import type { Queryable } from '../db/database.ts'
import { rid } from '../fhir/keys.ts'
import { evidenceOf, weightsInForce, type Evidence } from '../patients/links.ts'
import { FIRST_OPENING, keepBroken } from '../store/break-glass.ts'
import {
  edgeOfAudit,
  firstLogins,
  firstOpenings,
  keepOpened,
  lockOpenings,
  openedOf,
  type First,
} from '../store/first-opening.ts'
import { membersOf } from '../store/people.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import type { Row } from '../store/types.ts'
import { notify } from './break-glass/notify.ts'
import { tellLogin } from './first-opening/login.ts'
import { sourcesOf } from './first-opening/sources.ts'

/** How far the audit was looked through. */
const CURSOR = 'first openings'

/**
 * A facility that registers somebody by name, birth and telephone and notes a visit reads what others keep of the person
 * these belong to: that is what linking is for, and also what an impostor's record would be made for. So the first time
 * that a facility reads others' records by care or consent, and nothing links its own to them but such demographics (no
 * ABHA or other number of the person, no decision of a clerk), the person is told by SMS and the reading waits in the
 * administrators' queue ($break-glass-review); $unlink closes it. It goes by the audit, so it holds for every path, a
 * moment later. What patients read of themselves is told likewise (first-opening/login.ts).
 */
export async function tellFirstOpenings(tx: Queryable, now = Date.now()): Promise<number> {
  await lockOpenings(tx)
  const [from, to] = [await readSetting(tx, CURSOR), await edgeOfAudit(tx)]
  if (from === to) return 0
  await writeSetting(tx, CURSOR, to)
  if (from === undefined) return 0
  const firsts = await firstOpenings(tx, from, to, tierBit('care') | tierBit('consent'))
  let told = 0
  for (const first of firsts) if (await tell(tx, first, now)) told++
  for (const login of await firstLogins(tx, from, to, tierBit('self'))) if (await tellLogin(tx, login, now)) told++
  return told
}

async function tell(tx: Queryable, first: First, now: number): Promise<boolean> {
  const { facility, patient } = first
  const members = await membersOf(tx, patient)
  const rows = await sourcesOf(tx, members)
  const here = rid('Organization', facility)
  const [own, others] = [rows.filter((row) => row.facility === here), rows.filter((row) => row.facility !== here)]
  // its own record may have been another person's once: what it read of others is what counts
  const known = await openedOf(
    tx,
    facility,
    others.map(({ rid: key }) => key),
  )
  await keepOpened(tx, facility, members, now)
  if (known.size > 0) return false
  // without a record of its own it did not come by a link
  if (own.length === 0 || others.length === 0 || (await isSure(tx, own, others))) return false
  await notify(tx, [others], { template: 'first-opening', now })
  await enqueue(tx, first, others[0], now)
  return true
}

/** Whether anything but demographics says that one of these is one of those. */
async function isSure(tx: Queryable, own: readonly Row[], others: readonly Row[]): Promise<boolean> {
  const weights = await weightsInForce(tx)
  for (const { id: a } of own) {
    for (const { id: b } of others) {
      const evidence = await evidenceOf(tx, a, b, weights)
      if (evidence && isMore(evidence)) return true
    }
  }
  return false
}

function isMore({ pair, score }: Evidence): boolean {
  if (pair?.decision?.verdict === 'link') return true
  return score.reasons.some(({ field, level }) => (field === 'abha' || field === 'national') && level === 'same')
}

/** It opens nothing: over when it is written. */
async function enqueue(tx: Queryable, { id, facility, who }: First, other: Row | undefined, now: number) {
  await keepBroken(tx, {
    id,
    staff: who,
    facility: rid('Organization', facility),
    patient: other?.rid ?? 0n,
    patientId: other?.id,
    people: [],
    reason: FIRST_OPENING,
    note: 'Read for the first time, through a link by name, birth or telephone alone. If it is not one person: $unlink.',
    sensitive: false,
    since: now,
    until: now,
  })
}
