import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Plan } from '../../fhir/query/plan.ts'
import { rowOf, type Stored } from '../read.ts'
import type { Row } from '../types.ts'
import { matchOf } from './match.ts'
import { stored } from './columns.ts'

/**
 * The matches behind a row key, in the order of row keys: the default order, because a key never changes, so nothing is
 * repeated or lost while others write.
 */
export async function pageByKey(db: Queryable, plan: Plan, after: bigint | undefined, limit: number): Promise<Row[]> {
  const { r, from, where } = matchOf(plan)
  const behind = after === undefined ? sql`` : sql` and ${r}.rid > ${after}`
  const rows = await db.rows<Stored>(
    sql`select ${stored(r)} from ${from} where ${where}${behind} order by ${r}.rid limit ${limit}`,
  )
  return rows.map(rowOf)
}
