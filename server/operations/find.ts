import type { Patient } from '@medplum/fhirtypes'
import type { Visit } from '../access/visit.ts'
import { FhirError } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import type { House, Interaction } from '../interactions/house.ts'
import { searchset } from '../interactions/search/bundle.ts'
import { shown } from '../interactions/shown.ts'
import { findByText, type Hit } from '../patients/find/find.ts'
import type { Goldens } from '../patients/find/goldens.ts'
import { readTyped } from '../patients/find/terms.ts'
import { textOf } from '../store/body.ts'
import { readMany } from '../store/read.ts'
import { goldensSeen } from './person/seen.ts'
import type { Sight } from '../store/sight.ts'
import { atTheCounter } from './find/counter.ts'
import { maskedPhone, SUBSETTED } from './find/masked.ts'
import { missing, readInput, type Input } from './terminology/input.ts'

const COUNT = 10
const MOST = 50

/**
 * `Patient/$find?text=…`: who a clerk means while typing: a name in either script, whole or begun, in any order, a
 * telephone number, an ABHA number or address, a record number. One row for each person, the nearest first, with just what
 * tells people apart at a counter; `link` (type refer) leads to the golden Patient.
 */
export const find: Interaction = async (house, context, request) => {
  const input = readInput(house, request, ['text', 'count'])
  const count = Math.min(input.count('count') ?? COUNT, MOST)
  const asked = readTyped(textOfInput(input))
  const hits = asked ? await findByText(house.db, context.sight, asked) : []
  const goldens = await goldensSeen(
    house,
    context,
    hits.map(({ row }) => row.rid),
  )
  const people = onePerPerson(hits, goldens).slice(0, count)
  const names = await facilitiesOf(house, context.sight, people)
  shown(
    house,
    context,
    people.map(({ row }) => row),
  )
  const known = people.map((hit) => entryOf(context, rowOf(hit.patient, goldens.get(hit.row.rid), names)))
  const others = asked ? await atTheCounter(house, context, asked, { known: hits, most: count - people.length }) : []
  const entries = [...known, ...others.map((row) => entryOf(context, row))]
  const links = [{ relation: 'self' as const, url: `${context.base}/Patient/$find` }]
  return { status: 200, body: searchset({ links, entries }) }
}

function textOfInput(input: Input): string {
  const text = input.string('text')
  if (text === undefined) throw missing(['text'])
  if (text.length <= LONGEST) return text
  throw new FhirError('invalid', [{ message: `The text is longer than ${LONGEST} characters`, path: 'text' }])
}

const LONGEST = 200

function onePerPerson(hits: readonly Hit[], goldens: Goldens): Hit[] {
  const seen = new Set<string>()
  return hits.filter(({ row, patient }) => {
    const person = goldens.get(row.rid) ?? patient.id ?? ''
    return !seen.has(person) && seen.add(person)
  })
}

/** Names of the facilities that the records name by reference alone. */
async function facilitiesOf({ db }: House, sight: Sight, hits: readonly Hit[]): Promise<Map<string, string>> {
  const references = hits.flatMap(({ patient: { managingOrganization } }) =>
    managingOrganization?.display === undefined ? [managingOrganization?.reference ?? ''] : [],
  )
  const ids = [...new Set(references)].flatMap((one) => /^Organization\/([A-Za-z0-9\-.]{1,64})$/.exec(one)?.[1] ?? [])
  const rows = await readMany(
    db,
    sight,
    ids.map((id) => ({ type: 'Organization', rid: rid('Organization', id) })),
  )
  const named = rows.flatMap((row) => {
    const { name } = row.body === null ? {} : (JSON.parse(textOf({ ...row, body: row.body })) as { name?: string })
    return name === undefined ? [] : [[`Organization/${row.id}`, name] as const]
  })
  return new Map(named)
}

function rowOf(patient: Patient, golden: string | undefined, facilities: ReadonlyMap<string, string>): Patient {
  const { id, name, gender, telecom, managingOrganization: facility } = patient
  const { birthDate, _birthDate } = patient as Patient & { _birthDate?: object }
  const display = facility?.display ?? facilities.get(facility?.reference ?? '')
  const phones = (telecom ?? []).filter(({ system }) => system === 'phone' || system === 'sms').map(maskedPhone)
  return {
    resourceType: 'Patient',
    ...(id !== undefined && { id }),
    meta: { tag: [SUBSETTED] },
    ...(name && { name }),
    ...(phones.length > 0 && { telecom: phones }),
    ...(gender && { gender }),
    ...(birthDate !== undefined && { birthDate }),
    ...(_birthDate && { _birthDate }),
    ...(facility && { managingOrganization: { ...facility, ...(display !== undefined && { display }) } }),
    ...(golden !== undefined && { link: [{ other: { reference: `Patient/${golden}` }, type: 'refer' }] }),
  }
}

function entryOf({ base }: Visit, row: Patient): string {
  return JSON.stringify({ fullUrl: `${base}/Patient/${row.id ?? ''}`, resource: row, search: { mode: 'match' } })
}
