import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Criterion } from '../../fhir/query/plan.ts'
import type { Sight } from '../sight.ts'
import { typesIn, Where } from './where.ts'

/** The row keys of resources that satisfy a criterion, at most `limit`, in no order. */
export async function findKeys(db: Queryable, sight: Sight, criterion: Criterion, limit: number): Promise<bigint[]> {
  const writer = new Where(sight)
  const { alias, from, visible } = writer.resources(typesIn(criterion))
  const rows = await db.rows<{ rid: bigint }>(
    sql`select ${alias}.rid from ${from} where ${visible} and ${writer.condition(criterion, alias)} limit ${limit}`,
  )
  return rows.map((row) => row.rid)
}
