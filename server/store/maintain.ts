import type { Queryable } from '../db/database.ts'
import { asOwner } from '../db/role.ts'
import { sql } from '../db/sql.ts'

/** Moves the token index's pending list into its tree, so that no search has to read the list and no write has to flush it. */
export async function flushTokens(tx: Queryable): Promise<void> {
  await asOwner(tx)
  await tx.rows(sql`select gin_clean_pending_list('resource_tokens'::regclass)`)
}

/** Fresh statistics: after a bulk load the planner would otherwise still believe in small tables. */
export async function analyze(tx: Queryable): Promise<void> {
  await asOwner(tx)
  await tx.rows(sql`analyze resource, history, dates, numbers, strings, lexicon`)
}

/** Whether so much was written since the last ANALYZE that plans may be wrong. */
export async function needsAnalyze(db: Queryable): Promise<boolean> {
  const [row] = await db.rows<{ needed: boolean }>(sql`
    select coalesce(n_mod_since_analyze > 10000 + n_live_tup / 10, false) as needed
    from pg_stat_user_tables where relname = 'resource'`)
  return row?.needed ?? false
}
