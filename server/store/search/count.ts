import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import type { Plan } from '../../fhir/query/plan.ts'
import { matchOf } from './match.ts'
import { COUNTED } from './page.ts'

export async function countMatches(db: Queryable, plan: Plan): Promise<number> {
  const { from, where } = matchOf(plan)
  const rows = await db.rows<{ n: number }>(sql`select count(*)::float8 as n from ${from} where ${where}`)
  return rows[0]?.n ?? 0
}

/** Undefined when there are more than COUNTED. */
export async function countSome(db: Queryable, plan: Plan): Promise<number | undefined> {
  const { from, where } = matchOf(plan)
  const rows = await db.rows<{ n: number }>(
    sql`select count(*)::float8 as n from (select from ${from} where ${where} limit ${COUNTED + 1}) counted`,
  )
  const n = rows[0]?.n ?? 0
  return n > COUNTED ? undefined : n
}

/** What the planner expects: cheap, and wrong by any factor. */
export async function estimateMatches(db: Queryable, plan: Plan): Promise<number> {
  const { r, from, where } = matchOf(plan)
  const rows = await db.rows<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    sql`explain (format json) select ${r}.rid from ${from} where ${where}`,
  )
  return rows[0]?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0
}
