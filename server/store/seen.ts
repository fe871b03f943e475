import type { Queryable } from '../db/database.ts'
import { sql, type Sql } from '../db/sql.ts'
import { typeNumber } from '../fhir/types.ts'
import { int2s, int8s } from './binary.ts'
import { seenInSql } from './search/seen.ts'
import { Where } from './search/where.ts'
import { byColumns, sees, type Sight } from './sight.ts'
import type { Row } from './types.ts'

/**
 * Of current versions those that are seen. Columns mostly tell; where nothing but a `where` could show one, a statement
 * does, one for all of them.
 */
export async function seenOf(db: Queryable, sight: Sight, rows: Row[]): Promise<Row[]> {
  if (sight === 'all') return rows
  const [sure, perhaps] = [byColumns(sight), rows.filter((row) => sees(sight, row) !== undefined)]
  if (sure === sight) return perhaps
  const open = perhaps.filter((row) => sees(sure, row) === undefined)
  if (open.length === 0) return perhaps
  const shown = await keysSeen(db, sight, open)
  return perhaps.filter((row) => shown.has(row.rid) || sees(sure, row) !== undefined)
}

/** The row keys among these whose current versions are seen; without reading them, so of very many, too. */
export async function keysSeen(
  db: Queryable,
  sight: Sight,
  rows: readonly Pick<Row, 'type' | 'rid'>[],
): Promise<Set<bigint>> {
  if (rows.length === 0 || sight === 'all') return new Set(rows.map(({ rid }) => rid))
  const types = int2s(rows.map(({ type }) => typeNumber(type)))
  const { alias: r, from, visible } = new Where(sight).resources()
  const found = await db.rows<{ rid: bigint }>(sql`
    select ${r}.rid from unnest(${types}::smallint[], ${int8s(rows.map(({ rid }) => rid))}::bigint[]) as k(type, rid)
    join ${from} on ${r}.type = k.type and ${r}.rid = k.rid where ${visible}`)
  return new Set(found.map(({ rid }) => rid))
}

/**
 * True of the rows of `r`, an alias of `history`, that are seen: by their own columns, and then by those of the newest
 * version too, current or the tombstone, so that what is sensitive today was not seen yesterday. A `where` is about what a
 * resource is found by now, so it shows nothing of a deleted one.
 */
export function pastSeen(sight: Sight, r: Sql): Sql {
  if (sight === 'all') return sql`true`
  const writer = new Where(sight)
  const { alias: c, from, visible } = writer.resources()
  const same = (one: Sql) => sql`${one}.type = ${r}.type and ${one}.rid = ${r}.rid`
  const own = seenInSql(sight, r, (where) => {
    const now = new Where('all')
    const { alias, from: current } = now.resources()
    return sql`exists (select from ${current} where ${same(alias)} and ${now.condition(where, alias)})`
  })
  return sql`(${own} and case when exists (select from ${from} where ${same(c)})
    then exists (select from ${from} where ${same(c)} and ${visible})
    else exists (select from (
      select * from history t where ${same(sql`t`)} order by t.version desc limit 1) t where ${seenInSql(sight, sql`t`, () => sql`false`)}) end)`
}
