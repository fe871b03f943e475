import type { ResourceType } from '@medplum/fhirtypes'
import { join, raw, sql, type Sql } from '../../db/sql.ts'
import type { Criterion } from '../../fhir/query/plan.ts'
import { typeNumber } from '../../fhir/types.ts'
import { int2s, int4s, int8s, texts } from '../binary.ts'
import type { Glimpse, Sight } from '../sight.ts'

/** A criterion on an alias, for the `where` of a glimpse. */
export type ConditionOf = (criterion: Criterion, r: Sql) => Sql

/**
 * `sees` (store/sight.ts) as a condition on `r`, an alias of `resource` or `history`: an OR of what the indexes on facility
 * and patient find. `types`: there are no others in `r`, so that what is about other types is left out.
 */
export function seenInSql(sight: Sight, r: Sql, conditionOf: ConditionOf, types?: readonly ResourceType[]): Sql {
  if (sight === 'all') return sql`true`
  const numbers = types && new Set(types.map(typeNumber))
  const reaching = mergedOf(sight).filter(
    (one) => !numbers || !one.types || one.types.some((type) => numbers.has(type)),
  )
  const narrow = reaching.filter(isNarrow)
  const [single, many] = narrow.length > FEW ? [reaching.filter((one) => !isNarrow(one)), narrow] : [reaching, []]
  const parts = single.map((one) => glimpseInSql(one, r, conditionOf, numbers))
  for (const where of new Set(many.map((one) => one.where))) {
    const alike = manyInSql(
      many.filter((one) => one.where === where),
      r,
    )
    parts.push(where ? sql`(${alike} and ${conditionOf(where, r)})` : alike)
  }
  return parts.length === 0 ? sql`false` : sql`(${join(parts, ' or ')})`
}

/** More alternatives than this go into the statement as a table. */
const FEW = 12

function glimpseInSql(glimpse: Glimpse, r: Sql, conditionOf: ConditionOf, met: ReadonlySet<number> | undefined): Sql {
  const { types, facility, patients, withheld, days, where } = glimpse
  const parts: Sql[] = []
  if (facility !== undefined) parts.push(sql`${r}.facility = ${facility}`)
  // for the proof that the partial index will do
  if (facility !== undefined && facility !== 0n) parts.push(sql`${r}.facility <> 0`)
  if (patients) parts.push(ofPatients(patients, r, (met?.has(PATIENT) ?? true) && (types?.includes(PATIENT) ?? true)))
  if (types && !(met && [...met].every((type) => types.includes(type))))
    parts.push(sql`${r}.type = any(${typesOf(types)}::smallint[])`)
  if (withheld !== 0) parts.push(sql`${r}.labels & ${withheld}::smallint = 0`)
  if (days) parts.push(sql`${r}.day between ${days.from}::integer and ${days.to}::integer`)
  if (where) parts.push(conditionOf(where, r))
  return parts.length === 0 ? sql`true` : sql`(${join(parts, ' and ')})`
}

const PATIENT = typeNumber('Patient')

/** A Patient that links to others is in their compartments, too, so its column names none. */
function ofPatients(patients: readonly bigint[], r: Sql, themselves: boolean): Sql {
  const [first, ...others] = patients
  if (first === 0n && others.length === 0) return sql`${r}.patient = 0`
  const among = (key: Sql) =>
    first !== undefined && others.length === 0
      ? sql`${key} = ${first}`
      : sql`${key} = any(${keysOf(patients)}::bigint[])`
  const within = among(sql`${r}.patient`)
  // for the proof that the partial index will do
  const found = patients.includes(0n) ? within : sql`${within} and ${r}.patient <> 0`
  if (!themselves) return found
  return sql`(${found} or ${r}.type = ${raw(String(PATIENT))} and ${r}.patient = -1 and ${among(sql`${r}.rid`)})`
}

/** Of few Patients, as consents mostly are, each with days of its own. */
function isNarrow({ patients, facility }: Glimpse): boolean {
  return patients !== undefined && patients.length <= 64 && !patients.includes(0n) && facility === undefined
}

/** A day that is not asked for. */
const NONE = -(2 ** 31)

function manyInSql(glimpses: readonly Glimpse[], r: Sql): Sql {
  const rows = glimpses.flatMap(({ patients = [], ...others }) => patients.map((patient) => ({ patient, ...others })))
  const columns = [
    sql`${int8s(rows.map(({ patient }) => patient))}::bigint[]`,
    sql`${int2s(rows.map(({ withheld }) => withheld))}::smallint[]`,
    sql`${int4s(rows.map(({ days }) => days?.from ?? NONE))}::integer[]`,
    sql`${int4s(rows.map(({ days }) => days?.to ?? NONE))}::integer[]`,
    sql`${texts(rows.map(({ types }) => types?.join(',') ?? '*'))}::text[]`,
  ]
  const patients = [...new Set(rows.map(({ patient }) => patient))]
  const one = sql`case when ${r}.type = ${raw(String(PATIENT))} then ${r}.rid else ${r}.patient end`
  return sql`(${ofPatients(patients, r, true)} and exists (
    select from unnest(${join(columns, ', ')}) as g(patient, withheld, low, high, types)
    where g.patient = ${one} and ${r}.labels & g.withheld = 0
      and (g.low = ${NONE}::integer or ${r}.day between g.low and g.high)
      and (g.types = '*' or ${r}.type = any(string_to_array(g.types, ',')::smallint[]))))`
}

const merged = new WeakMap<readonly Glimpse[], readonly Glimpse[]>()

/** Glimpses that differ in their Patients alone are one, so that a thousand relationships are one look into the index. */
function mergedOf(sight: readonly Glimpse[]): readonly Glimpse[] {
  const known = merged.get(sight)
  if (known) return known
  const others: Glimpse[] = []
  const wheres: (Criterion | undefined)[] = []
  const alike = new Map<string, { glimpse: Glimpse; patients: Set<bigint> }>()
  for (const glimpse of sight) {
    const { types, facility, patients, withheld, days, where } = glimpse
    if (!patients) others.push(glimpse)
    else {
      const key = `${placeIn(wheres, where)} ${types?.join(',') ?? '*'} ${facility ?? '*'} ${withheld} ${days?.from} ${days?.to}`
      const one = alike.get(key) ?? { glimpse, patients: new Set() }
      patients.forEach((patient) => one.patients.add(patient))
      alike.set(key, one)
    }
  }
  const all = [...others, ...[...alike.values()].map((one) => ({ ...one.glimpse, patients: [...one.patients] }))]
  merged.set(sight, all)
  return all
}

function placeIn<T>(list: T[], one: T): number {
  const place = list.indexOf(one)
  return place === -1 ? list.push(one) - 1 : place
}

/** Encoded once, and the same parameter wherever a statement needs it again (db/sql.ts). */
const encoded = new WeakMap<readonly unknown[], Buffer>()

function keysOf(patients: readonly bigint[]): Buffer {
  const known = encoded.get(patients) ?? int8s(patients)
  encoded.set(patients, known)
  return known
}

function typesOf(types: readonly number[]): Buffer {
  const known = encoded.get(types) ?? int2s(types)
  encoded.set(types, known)
  return known
}
