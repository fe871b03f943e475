import type { Patient } from '@medplum/fhirtypes'
import { tierBit } from '../access/tiers.ts'
import type { Queryable } from '../db/database.ts'
import { rid } from '../fhir/keys.ts'
import { isGolden } from '../patients/golden.ts'
import { evidenceOf, weightsInForce, type Evidence } from '../patients/links.ts'
import { textOf } from '../store/body.ts'
import { FIRST_OPENING, keepBroken } from '../store/break-glass.ts'
import { edgeOfAudit, firstOpenings, hasOpened, keepOpened, lockOpenings, type First } from '../store/first-opening.ts'
import { membersOf } from '../store/people.ts'
import { readMany } from '../store/read.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import type { Row } from '../store/types.ts'
import { notify } from './break-glass/notify.ts'

/** How far the audit was looked through. */
const CURSOR = 'first openings'

/**
 * A facility that registers somebody by name, birth and telephone and notes a visit reads what others keep of the person
 * these belong to: that is what linking is for, and also what an impostor's record would be made for. So the first time
 * that a facility reads others' records by care, and nothing links its own to them but such demographics (no ABHA or other
 * number of the person, no decision of a clerk), the person is told by SMS and the reading waits in the administrators'
 * queue ($break-glass-review); $unlink closes it. It goes by the audit, so it holds for every path, a moment later.
 */
export async function tellFirstOpenings(tx: Queryable, now = Date.now()): Promise<number> {
  await lockOpenings(tx)
  const [from, to] = [await readSetting(tx, CURSOR), await edgeOfAudit(tx)]
  if (from === to) return 0
  await writeSetting(tx, CURSOR, to)
  if (from === undefined) return 0
  const firsts = await firstOpenings(tx, from, to, tierBit('care'))
  let told = 0
  for (const first of firsts) if (await tell(tx, first, now)) told++
  return told
}

async function tell(tx: Queryable, first: First, now: number): Promise<boolean> {
  const { facility, patient } = first
  const members = await membersOf(tx, patient)
  const known = await hasOpened(tx, facility, members)
  await keepOpened(tx, facility, members, now)
  if (known) return false
  const rows = await recordsOf(tx, members)
  const here = rid('Organization', facility)
  const [own, others] = [rows.filter((row) => row.facility === here), rows.filter((row) => row.facility !== here)]
  // without a record of its own it did not come by a link
  if (own.length === 0 || others.length === 0 || (await isSure(tx, own, others))) return false
  await notify(tx, others, { template: 'first-opening', now })
  await enqueue(tx, first, others[0], now)
  return true
}

/** As facilities sent them: golden Patients say nothing of their own. */
async function recordsOf(tx: Queryable, members: readonly bigint[]): Promise<Row[]> {
  const rows = await readMany(
    tx,
    'all',
    members.map((key) => ({ type: 'Patient', rid: key })),
  )
  return rows.filter((row) => !isGolden(patientIn(row)))
}

function patientIn(row: Row): Patient {
  return JSON.parse(textOf({ ...row, body: row.body ?? '' })) as Patient
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
