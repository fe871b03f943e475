import type { Resource } from '@medplum/fhirtypes'
import { raw, sql, type Sql } from '../../db/sql.ts'
import type { SortKey } from '../../fhir/query/plan.ts'
import type { Entries } from '../../fhir/search/entries.ts'
import type { Parameter, ParameterType } from '../../fhir/search/parameter.ts'

/** A value sorted by; null, for what has none, comes last in both directions. */
export type Value = string | number | null

/** What a sort key is computed from: a version as it was, with its columns. */
export interface Version {
  readonly id: string
  readonly updated: number
  readonly resource: Resource
}

/** Sort keys that are columns or narrow rows, so that SQL can order by them; the others are computed from bodies. */
export function inSql({ by }: SortKey): boolean {
  if (typeof by === 'string') return true
  return narrowOf(by).every(
    (one) => one.type === 'date' || one.type === 'number' || one.type === 'quantity' || one.type === 'string',
  )
}

/** The sort value of the row `r`: the least of its values ascending, the greatest descending. */
export function valueInSql({ by, descending }: SortKey, r: Sql): Sql {
  if (by === '_id') return sql`${r}.id`
  if (by === '_lastUpdated') return sql`${r}.updated::float8`
  const least = raw(descending ? 'max' : 'min')
  const params = narrowOf(by).map((one) => one.id)
  if (by.type === 'date')
    return sql`(select ${least}(d.low)::float8 from dates d where d.rid = ${r}.rid and d.param = any(${params.flatMap((param) => [param, param + 1])}))`
  if (by.type === 'string')
    return sql`(select ${least}(s.value) from strings s where s.rid = ${r}.rid and s.param = any(${params}))`
  return sql`(select ${least}(n.low) from numbers n where n.rid = ${r}.rid and n.param = any(${params}))`
}

/** The same values out of a resource's entries: for versions that are not current any more. */
export function valueOfEntries({ by, descending }: SortKey, version: Version, entries: Entries | undefined): Value {
  if (by === '_id') return version.id
  if (by === '_lastUpdated') return version.updated
  if (!entries) return null
  const params = new Set(narrowOf(by).map((one) => one.id))
  if (by.type === 'string') return extreme(texts(entries, params), descending)
  return extreme(lows(entries, by.type, params), descending)
}

function texts({ strings }: Entries, params: ReadonlySet<number>): string[] {
  return strings.filter(({ param }) => params.has(param)).map(({ value }) => value)
}

/** A long date range has the odd neighbour of its parameter's key. */
function lows({ dates, numbers }: Entries, type: ParameterType, params: ReadonlySet<number>): number[] {
  const stored: readonly { param: number; low: number }[] = type === 'date' ? dates : numbers
  return stored.filter(({ param }) => params.has(param & ~1)).map(({ low }) => low)
}

export function extreme<T extends string | number>(values: readonly T[], descending: boolean): T | null {
  let best: T | undefined
  for (const value of values) {
    if (best === undefined || (descending ? compare(value, best) > 0 : compare(value, best) < 0)) best = value
  }
  return best ?? null
}

/** Texts by code point, as collation "C" orders them. */
export function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : 1
}

/** A value that came as text or out of JSON, which has no infinity, as what it is. */
export function valueFrom({ by }: SortKey, value: Value): Value {
  if (value === null || by === '_id') return value
  return by !== '_lastUpdated' && kindOf(by) === 'text' ? String(value) : Number(value)
}

/** Dates, numbers and quantities are sorted as numbers, the rest as texts. */
function kindOf(parameter: Parameter): 'number' | 'text' {
  const type = narrowOf(parameter)[0]?.type
  return type === 'date' || type === 'number' || type === 'quantity' ? 'number' : 'text'
}

/** The parameters that hold the values of an alias. */
export function narrowOf(parameter: Parameter): readonly Parameter[] {
  return parameter.same ? parameter.same.flatMap((one) => narrowOf(one.parameter)) : [parameter]
}
