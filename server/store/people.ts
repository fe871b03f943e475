import type { Queryable } from '../db/database.ts'
import { int8s } from './binary.ts'

/**
 * All records of persons, whoever may see them: what opens one record of a person opens all (server/access). Like person.ts,
 * without a caller, from several records at once, and with golden Patients that were merged away.
 */

/** All records of a Patient's person, itself at least. */
export async function membersOf(db: Queryable, patient: bigint): Promise<bigint[]> {
  const rows = await db.prepared<{ rid: bigint }>('members_of', MEMBERS_OF, [int8s([patient])])
  return rows.map(({ rid }) => rid)
}

/**
 * For a few: `member(person, rid)` of `asked(patient)`; a person is called by the golden Patient. Everything is looked up by
 * key, a row at a time (`offset 0`): left to itself PostgreSQL would join whole tables, not knowing how few they are.
 */
export const MEMBERS = `
  chain(patient, golden) as (
    select a.patient, g.golden from asked a cross join lateral (
      select p.golden from person p where p.rid = a.patient and p.golden is not null
      union all
      select s.rid from person_golden s where s.rid = a.patient
      offset 0) g
    union
    select c.patient, s.successor from chain c cross join lateral (
      select g.successor from person_golden g where g.rid = c.golden and g.successor is not null offset 0) s
  ),
  newest(patient, golden) as materialized (
    select c.patient, c.golden from chain c
    where (select g.successor from person_golden g where g.rid = c.golden) is null
  ),
  member(person, rid) as materialized (
    select coalesce(n.golden, a.patient), a.patient from asked a left join newest n on n.patient = a.patient
    union
    select golden, golden from newest
    union
    select n.golden, p.rid from newest n cross join lateral (
      select p.rid from person p where p.golden = n.golden offset 0) p
    union
    select n.golden, g.rid from newest n cross join lateral (
      select g.rid from person_golden g where g.successor = n.golden offset 0) g
  )`

/**
 * Of an array that is a parameter, the rows. Through `array (…)` its length is hidden from the planner, which else plans
 * anew each time because that looks cheaper, and takes longer over it than over the answer.
 */
export const rowsOf = (parameter: string) => `select distinct unnest(array (select unnest(${parameter}::bigint[])))`

const MEMBERS_OF = `
  with recursive asked(patient) as materialized (${rowsOf('$1')}), ${MEMBERS}
  select rid from member`

/** For many: a function from each to all records of its person; those of one person get the same list. */
export async function peopleOf(
  db: Queryable,
  patients: readonly bigint[],
): Promise<(patient: bigint) => readonly bigint[]> {
  const golden = new Map<bigint, bigint>()
  const members = new Map<bigint, Set<bigint>>()
  if (patients.length === 0) return (patient) => [patient]
  for (const row of await db.prepared<{ rid: bigint; golden: bigint }>('goldens_of_many', GOLDENS, [int8s(patients)])) {
    golden.set(row.rid, row.golden)
    members.set(row.golden, new Set([row.golden]))
  }
  for (const patient of patients) members.get(golden.get(patient) ?? patient)?.add(patient)
  const found = await db.prepared<{ golden: bigint; rid: bigint }>('members_of_many', MANY, [
    int8s([...members.keys()]),
  ])
  for (const row of found) members.get(row.golden)?.add(row.rid)
  const lists = new Map([...members].map(([key, set]) => [key, [...set]]))
  return (patient) => {
    const key = golden.get(patient) ?? patient
    let list = lists.get(key)
    if (!list) lists.set(key, (list = [patient]))
    return list
  }
}

const NEWEST = (golden: string) =>
  `coalesce((select g.successor from person_golden g where g.rid = ${golden}), ${golden})`

const GOLDENS = `
  select p.rid, ${NEWEST('p.golden')} as golden from person p where p.rid = any ($1::bigint[]) and p.golden is not null
  union all
  select s.rid, coalesce(s.successor, s.rid) from person_golden s where s.rid = any ($1::bigint[])`

const MANY = `
  select golden, rid from person where golden = any ($1::bigint[])
  union all
  select successor, rid from person_golden where successor = any ($1::bigint[])`
