import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Plan } from '../../fhir/query/plan.ts'
import { rowOf, type Stored } from '../read.ts'
import type { Sight } from '../sight.ts'
import type { Row } from '../types.ts'
import { matchOf } from './match.ts'
import { stored } from './columns.ts'
import { PLANNED_BY_VALUES, searches } from './shapes.ts'

/** How far matches are counted along with a page. */
export const COUNTED = 1_000

export interface Counted<T> {
  readonly rows: readonly T[]
  /** How many matches there are in all. */
  readonly n: number
}

/**
 * The matches behind a row key, in the order of row keys: the default order, because a key never changes, so nothing is
 * repeated or lost while others write.
 */
export async function pageByKey(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  after: bigint | undefined,
  limit: number,
): Promise<Row[]> {
  const { r, from, where } = matchOf(sight, plan)
  const behind = after === undefined ? sql`` : sql` and ${r}.rid > ${after}`
  const rows = await db.rows<Stored>(
    sql`select ${stored(r)} from ${from} where ${where}${behind} order by ${r}.rid limit ${limit}`,
  )
  return rows.map(rowOf)
}

/** The first page and how many matches there are, in one statement; undefined when there are more than COUNTED. */
export async function countedPage(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  limit: number,
): Promise<Counted<Row> | undefined> {
  const { r, from, where } = matchOf(sight, plan)
  const rows = await searches.run<Stored & { n: number }>(
    db,
    sql`select m.*, (count(*) over ())::integer as n
      from (select ${stored(r)} from ${from} where ${PLANNED_BY_VALUES} and ${where} limit ${COUNTED + 1}) m
      order by m.rid limit ${limit}`,
  )
  const n = rows[0]?.n ?? 0
  return n > COUNTED ? undefined : { rows: rows.map(rowOf), n }
}
