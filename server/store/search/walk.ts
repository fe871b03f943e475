import { join, raw, sql, type Sql } from '../../db/sql.ts'
import type { Plan, SortKey } from '../../fhir/query/plan.ts'
import type { Parameter } from '../../fhir/search/parameter.ts'
import type { Sight } from '../sight.ts'
import { stored } from './columns.ts'
import { narrowOf } from './keys.ts'
import { matchOf, type Match } from './match.ts'
import type { Place } from './order.ts'

/**
 * A page of very many matches in the order of one key: read along the index of its values, so that sorting takes what a
 * page takes, and not what all matches do. Undefined for keys without such an index. What has no value is not met: a
 * page that comes back short must be read another way. `k0` is the value.
 */
export function walkBySort(
  sight: Sight,
  plan: Plan,
  behind: Place | undefined,
  unchanged: (r: Sql) => Sql,
  limit: number,
): Sql | undefined {
  const [key, ...others] = plan.sort
  if (!key || others.length > 0 || behind?.values[0] === null) return undefined
  const walk = { key, behind, unchanged, limit }
  if (key.by === '_lastUpdated') return alongUpdated(matchOf(sight, plan), walk)
  const index = key.by === '_id' ? undefined : indexOf(key.by)
  if (!index) return undefined
  const parts = index.params.map((param) => sql`(${along(matchOf(sight, plan), walk, index, param)})`)
  const direction = directionOf(key)
  return sql`select w.* from (${join(parts, ' union all ')}) w order by w.k0 ${direction}, w.rid limit ${limit}`
}

interface Walk {
  readonly key: SortKey
  readonly behind: Place | undefined
  readonly unchanged: (r: Sql) => Sql
  readonly limit: number
}

/** Where the values of a parameter stand in order. */
interface Index {
  readonly table: Sql
  readonly column: Sql
  readonly params: readonly number[]
  readonly further: Sql
}

function indexOf(parameter: Parameter): Index | undefined {
  const [one, ...others] = narrowOf(parameter)
  if (!one || others.length > 0) return undefined
  const params = [one.id]
  if (one.type === 'string') return { table: raw('strings'), column: raw('value'), params, further: sql`` }
  const column = raw('low')
  // long ranges stand apart from the short ones
  if (one.type === 'date') return { table: raw('dates'), column, params: [one.id, one.id + 1], further: sql`` }
  if (one.type !== 'number' && one.type !== 'quantity') return undefined
  return { table: raw('numbers'), column, params, further: sql` and v.key = 0` }
}

function along({ r, from, where }: Match, walk: Walk, index: Index, param: number): Sql {
  const { table, column, params, further } = index
  const direction = directionOf(walk.key)
  const value = sql`v.${column}`
  // a resource stands once, where its first value in this order does
  const before = beyond({ ...walk.key, descending: !walk.key.descending })
  const earlier = sql`exists (select from ${table} e where e.rid = v.rid and e.param = any(${params})
    and (e.${column} ${before} ${value} or e.${column} = ${value} and e.ctid < v.ctid))`
  const shown = table.strings[0] === 'dates' ? sql`${value}::float8` : value
  return sql`select ${stored(r)}, ${shown} as k0 from ${table} v join ${from} on ${r}.rid = v.rid
    where v.param = ${param}${further}${rest(walk, value, sql`v.rid`)} and ${where}${walk.unchanged(r)} and not ${earlier}
    order by ${value} ${direction}, v.rid limit ${walk.limit}`
}

function alongUpdated({ r, from, where }: Match, walk: Walk): Sql {
  const value = sql`${r}.updated`
  return sql`select ${stored(r)}, ${value}::float8 as k0 from ${from}
    where ${where}${walk.unchanged(r)}${rest(walk, value, sql`${r}.rid`)}
    order by ${value} ${directionOf(walk.key)}, ${r}.rid limit ${walk.limit}`
}

/** Behind the last page's end; the first condition is for the index. */
function rest({ key, behind }: Walk, value: Sql, rid: Sql): Sql {
  const last = behind?.values[0]
  if (!behind || last === undefined) return sql``
  return sql` and ${value} ${beyond(key)}= ${last} and (${value} ${beyond(key)} ${last} or ${rid} > ${behind.rid})`
}

function beyond({ descending }: SortKey): Sql {
  return raw(descending ? '<' : '>')
}

function directionOf({ descending }: SortKey): Sql {
  return raw(descending ? 'desc' : 'asc')
}
