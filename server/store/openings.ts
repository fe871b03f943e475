import type { Queryable } from '../db/database.ts'
import { ALL_LABELS } from '../fhir/privacy/labels.ts'
import type { OpeningTier } from '../fhir/search/entries.ts'
import { typeNumber } from '../fhir/types.ts'
import { int8s } from './binary.ts'
import { MEMBERS, peopleOf, rowsOf } from './people.ts'

/** For whom openings are read. */
export interface Asker {
  /** `rid` of the facility's Organization. */
  readonly facility: bigint
  /** The member of staff, for what was opened in an emergency to nobody else. */
  readonly staff?: string | undefined
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What opens the record of a person now: a visit, an appointment, a consent and what takes from it, an emergency. */
export interface Opening {
  readonly tier: OpeningTier | 'break-glass'
  readonly withheld: number
  readonly types: readonly number[] | null
  readonly from: number | null
  readonly to: number | null
}

/** All records of one person, golden Patients too, and what opens them. */
export interface Opened {
  readonly members: readonly bigint[]
  readonly openings: readonly Opening[]
}

/** Of the people these Patients are records of. One that nobody knows is a person of one record. */
export async function openingsOf(db: Queryable, asker: Asker, patients: readonly bigint[]): Promise<Opened[]> {
  type Found = OpeningRow & { person: bigint; rid: bigint | null }
  const rows = await db.prepared<Found>('openings_of', OF, [...valuesOf(asker), int8s(patients)])
  const people = new Map<bigint, { members: bigint[]; openings: Opening[] }>()
  for (const { person, rid, ...row } of rows) {
    let opened = people.get(person)
    if (!opened) people.set(person, (opened = { members: [], openings: [] }))
    if (rid === null) opened.openings.push(...openingsIn(row))
    else opened.members.push(rid)
  }
  return [...people.values()]
}

/**
 * Of everybody whose record is open to this facility now. In steps, for PostgreSQL cannot guess how many there are: what
 * is open, the golden Patients of these, and their records.
 */
export async function openRecords(db: Queryable, asker: Asker): Promise<Opened[]> {
  const rows = await db.prepared<OpeningRow & { patient: bigint }>('open_records', ALL, valuesOf(asker))
  const people = await peopleOf(db, [...new Set(rows.map(({ patient }) => patient))])
  const openings = new Map<readonly bigint[], Opening[]>()
  for (const { patient, ...row } of rows) {
    const members = people(patient)
    const known = openings.get(members)
    if (known) known.push(...openingsIn(row))
    else openings.set(members, openingsIn(row))
  }
  return [...openings].map(([members, each]) => ({ members, openings: each }))
}

function valuesOf({ facility, staff = '', now }: Asker): unknown[] {
  return [facility, staff, now]
}

interface OpeningRow {
  tier: string | null
  withheld: number | null
  types: number[] | null
  low: number | null
  high: number | null
}

const TIERS: Readonly<Record<string, Opening['tier']>> = {
  c: 'care',
  p: 'consent',
  b: 'booking',
  d: 'deny',
  g: 'break-glass',
}

function openingsIn({ tier, withheld, types, low, high }: OpeningRow): Opening[] {
  const known = TIERS[tier ?? '']
  return known ? [{ tier: known, withheld: withheld ?? ALL_LABELS, types, from: low, to: high }] : []
}

/** How a statement calls what it is asked by. */
type Terms = Readonly<Record<'facility' | 'staff' | 'now', string>>

const GIVEN: Terms = { facility: '$1::bigint', staff: '$2::text', now: '$3::bigint' }

/** Hidden from the planner, as the number of Patients is (`rowsOf`), so that one plan serves all. */
const HIDDEN: Terms = {
  facility: '(select facility from asker)',
  staff: '(select staff from asker)',
  now: '(select now from asker)',
}

/**
 * A visit and an appointment open to their own facility, never to all; a consent to those named, and when it is the city's
 * own, so that no facility writes itself one. What is denied is denied, whoever wrote it down. (The consent is looked up as
 * a value, for `exists` may be planned as a scan of all resources.)
 */
const inForce = ({ facility, now }: Terms) => `
    o.since <= ${now} and o.until > ${now} and o.facility in (${facility}, 0)
    and (o.facility <> 0 and o.tier in ('c', 'b') or o.tier = 'd'
      or o.tier = 'p' and (
        select r.facility from resource r where r.type = ${typeNumber('Consent')} and r.rid = o.rid) = 0)`

/**
 * How a patient's record is mostly seen, so short that it fits into the statement of a read: `withheld` of a whole opening for
 * care at this facility, of the Patient itself or of another record under the same golden Patient. `labels`: what the row
 * is labelled with.
 */
export const caredFor = (facility: string, now: string, patient: string, labels: string) => {
  const open = (key: string) => `
    o.patient = ${key} and o.facility = ${facility} and o.tier = 'c' and o.since <= ${now} and o.until > ${now}
    and o.types is null and o.low is null and o.high is null and ${labels} & o.withheld = 0`
  return `coalesce(
    (select o.withheld from opening o where ${open(patient)} limit 1),
    (select o.withheld from person p join person q on q.golden = p.golden join opening o on ${open('q.rid')}
     where p.rid = ${patient} limit 1))`
}

/** What a member of staff opened in an emergency, to themselves and for where they work. */
const broken = ({ facility, staff, now }: Terms) =>
  `b.staff = ${staff} and b.facility = ${facility} and b.since <= ${now} and b.until > ${now}`

const WITHHELD = `(case when b.sensitive then 0 else ${ALL_LABELS} end)::smallint`

const OF = `
  with recursive asker(facility, staff, now) as materialized (select $1::bigint, $2::text, $3::bigint),
  asked(patient) as materialized (${rowsOf('$4')}), ${MEMBERS}
  select person, rid, null::"char" as tier, null::smallint as withheld, null::smallint[] as types,
         null::integer as low, null::integer as high
  from member
  union all
  select m.person, null, o.tier, o.withheld, o.types, o.low, o.high
  from member m cross join lateral (
    select * from opening o where o.patient = m.rid and ${inForce(HIDDEN)} offset 0) o
  union all
  select m.person, null, 'g', ${WITHHELD}, null, null, null
  from member m cross join lateral (
    select * from break_glass b where b.patient = m.rid and ${broken(HIDDEN)} offset 0) b`

const ALL = `
  select o.patient, o.tier, o.withheld, o.types, o.low, o.high from opening o where ${inForce(GIVEN)}
  union
  select b.patient, 'g', ${WITHHELD}, null, null, null from break_glass b where b.patient <> 0 and ${broken(GIVEN)}`
