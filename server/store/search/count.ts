import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Plan } from '../../fhir/query/plan.ts'
import type { Sight } from '../sight.ts'
import { matchOf } from './match.ts'
import { COUNTED } from './page.ts'

export async function countMatches(db: Queryable, sight: Sight, plan: Plan): Promise<number> {
  const { from, where } = matchOf(sight, plan)
  const rows = await db.rows<{ n: number }>(sql`select count(*)::float8 as n from ${from} where ${where}`)
  return rows[0]?.n ?? 0
}

/** Undefined when there are more than COUNTED. */
export async function countSome(db: Queryable, sight: Sight, plan: Plan): Promise<number | undefined> {
  const { from, where } = matchOf(sight, plan)
  const rows = await db.rows<{ n: number }>(
    sql`select count(*)::float8 as n from (select from ${from} where ${where} limit ${COUNTED + 1}) counted`,
  )
  const n = rows[0]?.n ?? 0
  return n > COUNTED ? undefined : n
}

/** What the planner expects: cheap, and wrong by any factor; for whoever sees everything, for it tells of all that is there. */
export async function estimateMatches(db: Queryable, plan: Plan): Promise<number> {
  const { r, from, where } = matchOf('all', plan)
  const rows = await db.rows<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    sql`explain (format json) select ${r}.rid from ${from} where ${where}`,
  )
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}
