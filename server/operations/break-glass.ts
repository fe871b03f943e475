import type { Parameters } from '@medplum/fhirtypes'
import { randomUUID } from 'node:crypto'
import type { Visit } from '../access/visit.ts'
import type { Queryable } from '../db/database.ts'
import { rid } from '../fhir/keys.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { unheardOf } from '../interactions/pen.ts'
import { searchset } from '../interactions/search/bundle.ts'
import { idOfTarget } from '../interactions/target.ts'
import { findByText, type Hit } from '../patients/find/find.ts'
import { goldensOf } from '../patients/find/goldens.ts'
import { readTyped, type Asked } from '../patients/find/terms.ts'
import { countBroken, keepBroken, lockBreaking, openedAlready, type Broken } from '../store/break-glass.ts'
import { instant } from '../store/body.ts'
import { readMany } from '../store/read.ts'
import { readBreaking, refused, tooOften, type Breaking } from './break-glass/ask.ts'
import { notify, recordsOfOthers } from './break-glass/notify.ts'
import { terms } from './break-glass/terms.ts'
import { maskedPatient } from './find/masked.ts'

const HOUR = 3_600_000

/**
 * `Patient/[id]/$break-glass`: a doctor opens the record of a person to themselves for some hours, for a coded reason and
 * with a text; what is sensitive only when they say so twice (`sensitive` and `confirm`). The person is told by SMS, and an
 * administrator looks at it afterwards. Whether there is such a Patient is answered, for it is kept who asked.
 */
export const breakGlass: Interaction = async (house, visit, request, target) => {
  const breaking = readBreaking(house, visit, request, ['sensitive', 'confirm'])
  const sensitive = isSensitive(breaking)
  const patientId = idOfTarget(target)
  const done = await house.db.transaction((tx) => open(tx, visit, { breaking, sensitive, patientId }))
  return { status: 200, body: JSON.stringify(answer(patientId, done, sensitive)) }
}

function isSensitive({ input }: Breaking): boolean {
  const [sensitive, confirm] = [input.boolean('sensitive') ?? false, input.boolean('confirm') ?? false]
  if (!sensitive || confirm) return sensitive
  throw refused('confirm', 'What is sensitive is opened only when it is confirmed', 'Send confirm as true, too.')
}

interface Opened {
  readonly id: string
  readonly until: number
}

interface Order {
  readonly breaking: Breaking
  readonly sensitive: boolean
  readonly patientId: string
}

/** What is open already stays as it is: nobody is told twice. */
async function open(tx: Queryable, visit: Visit, { breaking, sensitive, patientId }: Order): Promise<Opened> {
  const { staff, facility, reason, note } = breaking
  const patient = rid('Patient', patientId)
  const now = Date.now()
  await lockBreaking(tx, staff)
  const [row] = await readMany(tx, 'all', [{ type: 'Patient', rid: patient }])
  if (row?.id !== patientId) throw unheardOf()
  const before = await openedAlready(tx, { staff, facility, patient, sensitive, since: now })
  const opened = before ?? { id: randomUUID(), until: now + terms().hours * HOUR }
  if (!before) {
    const { opens } = await countBroken(tx, staff, now - 24 * HOUR)
    if (opens >= terms().opensADay) throw tooOften()
    const kept = { staff, facility, patient, patientId, people: [], reason, note, sensitive, since: now }
    await keepBroken(tx, { ...kept, ...opened })
    await notify(tx, [await recordsOfOthers(tx, patient, facility)], { template: 'break-glass', now })
  }
  await visit.widen?.([patient], tx)
  visit.notes.because(reason)
  visit.notes.saw([row])
  await visit.notes.inTransaction(tx)
  return opened
}

function answer(patientId: string, { id, until }: Opened, sensitive: boolean): Parameters {
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'id', valueId: id },
      { name: 'patient', valueReference: { reference: `Patient/${patientId}` } },
      { name: 'until', valueInstant: instant(until) },
      { name: 'sensitive', valueBoolean: sensitive },
    ],
  }
}

/**
 * `Patient/$break-glass`: who has this whole mobile or ABHA number (`identifier`), wherever they are known, with just enough
 * to tell them apart. It opens nothing; that is `Patient/[id]/$break-glass`.
 */
export const breakGlassFor: Interaction = async (house, visit, request) => {
  const breaking = readBreaking(house, visit, request, ['identifier'])
  const asked = wholeNumber(breaking)
  const people = await peopleWith(house, asked)
  await house.db.transaction((tx) => look(tx, visit, breaking, people))
  const entries = people.map(({ patient }) => {
    const fullUrl = `${visit.base}/Patient/${patient.id ?? ''}`
    return JSON.stringify({ fullUrl, resource: maskedPatient(patient), search: { mode: 'match' } })
  })
  const links = [{ relation: 'self' as const, url: `${visit.base}/Patient/$break-glass` }]
  return { status: 200, body: searchset({ links, entries }) }
}

function wholeNumber({ input }: Breaking): Asked {
  const asked = readTyped(input.string('identifier') ?? '')
  const whole = asked?.starts.filter((term) => /^p [6-9]\d{9}$|^i \d{14}$/.test(term)) ?? []
  if (asked?.kind === 'number' && whole.length > 0) return { kind: 'number', starts: whole }
  throw refused('identifier', 'This is no whole mobile or ABHA number', 'Send ten digits, or fourteen.')
}

const MOST = 10

/** One record for each person. */
async function peopleWith({ db }: House, asked: Asked): Promise<Hit[]> {
  const hits = await findByText(db, 'all', asked)
  const goldens = await goldensOf(
    db,
    hits.map(({ row }) => row.rid),
  )
  const people = new Map(hits.map((hit) => [goldens.get(hit.row.rid) ?? hit.row.id, hit]))
  return [...people.values()].slice(0, MOST)
}

async function look(tx: Queryable, visit: Visit, breaking: Breaking, people: readonly Hit[]): Promise<void> {
  const { staff, facility, reason, note } = breaking
  const now = Date.now()
  await lockBreaking(tx, staff)
  const { looks } = await countBroken(tx, staff, now - 24 * HOUR)
  if (looks >= terms().looksADay) throw tooOften()
  const rows = people.map(({ row }) => row)
  const kept: Broken = {
    id: randomUUID(),
    staff,
    facility,
    patient: 0n,
    people: rows.map(({ id }) => id),
    reason,
    note,
    sensitive: false,
    since: now,
    until: now,
  }
  await keepBroken(tx, kept)
  visit.notes.because(reason)
  visit.notes.saw(rows)
  await visit.notes.inTransaction(tx)
}
