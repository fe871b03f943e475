import type { Queryable } from '../db/database.ts'
import { ALL_LABELS } from '../fhir/privacy/labels.ts'
import type { OpeningTier } from '../fhir/search/entries.ts'
import { typeNumber } from '../fhir/types.ts'
import { int8s } from './binary.ts'

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
  const rows = await db.prepared<OpeningRow>('openings_of', OF, [...valuesOf(asker), int8s(patients)])
  return byPerson(rows)
}

/** Of everybody whose record is open to this facility now. */
export async function openRecords(db: Queryable, asker: Asker): Promise<Opened[]> {
  const rows = await db.prepared<OpeningRow>('open_records', ALL, valuesOf(asker))
  return byPerson(rows)
}

function valuesOf({ facility, staff = '', now }: Asker): unknown[] {
  return [facility, staff, now]
}

/** All records of a Patient's person, itself at least. */
export async function membersOf(db: Queryable, patient: bigint): Promise<bigint[]> {
  const rows = await db.prepared<{ rid: bigint }>('members_of', MEMBERS_OF, [int8s([patient])])
  return rows.map(({ rid }) => rid)
}

interface OpeningRow {
  person: bigint
  /** Null: an opening; else a record of the person. */
  rid: bigint | null
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

function byPerson(rows: readonly OpeningRow[]): Opened[] {
  const people = new Map<bigint, { members: bigint[]; openings: Opening[] }>()
  for (const { person, rid, tier, withheld, types, low, high } of rows) {
    let opened = people.get(person)
    if (!opened) people.set(person, (opened = { members: [], openings: [] }))
    if (rid !== null) opened.members.push(rid)
    const known = TIERS[tier ?? '']
    if (known) opened.openings.push({ tier: known, withheld: withheld ?? 0, types, from: low, to: high })
  }
  return [...people.values()]
}

/**
 * A visit and an appointment open to their own facility, never to all; a consent to those named, and when it is the city's
 * own, so that no facility writes itself one. What is denied is denied, whoever wrote it down.
 */
const IN_FORCE = `
    o.since <= $3::bigint and o.until > $3::bigint
    and (o.facility = $1::bigint and o.facility <> 0 and o.tier in ('c', 'b')
      or o.tier = 'd' and o.facility in ($1::bigint, 0)
      or o.tier = 'p' and o.facility in ($1::bigint, 0)
        and exists (select from resource r where r.type = ${typeNumber('Consent')} and r.rid = o.rid and r.facility = 0))`

/** What a member of staff opened in an emergency, to themselves and for where they work. */
const BROKEN = `b.staff = $2::text and b.facility = $1::bigint and b.since <= $3::bigint and b.until > $3::bigint`

// All records of the people of `asked`: like person.ts, from many at once. A person is called by the golden Patient.
const MEMBERS = `
  chain(patient, golden) as (
    select a.patient, p.golden from asked a join person p on p.rid = a.patient where p.golden is not null
    union
    select a.patient, g.rid from asked a join person_golden g on g.rid = a.patient
    union
    select c.patient, g.successor from chain c join person_golden g on g.rid = c.golden where g.successor is not null
  ),
  newest(patient, golden) as (
    select c.patient, c.golden from chain c left join person_golden g on g.rid = c.golden where g.successor is null
  ),
  member(person, rid) as (
    select coalesce(n.golden, a.patient), a.patient from asked a left join newest n on n.patient = a.patient
    union
    select golden, golden from newest
    union
    select n.golden, p.rid from newest n join person p on p.golden = n.golden
    union
    select n.golden, g.rid from newest n join person_golden g on g.successor = n.golden
  )`

const MEMBERS_OF = `with recursive asked(patient) as (select unnest($1::bigint[])), ${MEMBERS} select rid from member`

const OPENINGS = `
  ${MEMBERS}
  select person, rid, null::"char" as tier, null::smallint as withheld, null::smallint[] as types,
         null::integer as low, null::integer as high
  from member
  union
  select m.person, null, o.tier, o.withheld, o.types, o.low, o.high
  from member m join opening o on o.patient = m.rid
  where ${IN_FORCE}
  union
  select m.person, null, 'g', case when b.sensitive then 0 else ${ALL_LABELS} end::smallint, null, null, null
  from member m join break_glass b on b.patient = m.rid
  where ${BROKEN}`

const OF = `with recursive asked(patient) as (select unnest($4::bigint[])), ${OPENINGS}`

const ALL = `
  with recursive asked(patient) as materialized (
    select o.patient from opening o where o.facility in ($1::bigint, 0) and o.tier <> 'd' and ${IN_FORCE}
    union
    select b.patient from break_glass b where b.patient <> 0 and ${BROKEN}
  ), ${OPENINGS}`
