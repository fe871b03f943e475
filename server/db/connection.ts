import pg from 'pg'
import { takeOn } from './role.ts'

/** Where a PostgreSQL is and how to speak to it: what `new pg.Client()` takes, for the pools here and for a bare bench. */
export type Connection = Pick<
  pg.ClientConfig,
  'connectionString' | 'host' | 'port' | 'user' | 'password' | 'database' | 'application_name' | 'types'
>

const int8 = 20
const int8Array = 1016

/** int8 as bigint, also in arrays: a rid does not fit into a double. Only for our connections, never for all of `pg`. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format === 'binary') return pg.types.getTypeParser(oid, 'binary')
    if (oid === int8) return BigInt
    if (oid === int8Array) return bigints
    return pg.types.getTypeParser(oid)
  }) as typeof pg.types.getTypeParser,
}

function bigints(text: string): (bigint | null)[] {
  const inside = text.slice(1, -1)
  return inside === '' ? [] : inside.split(',').map((item) => (item === 'NULL' ? null : BigInt(item)))
}

export function atUrl(url: string): Connection {
  return { connectionString: url, application_name: 'parchi', types }
}

/** The same server, another database. */
export function inDatabase({ connectionString, ...parts }: Connection, database: string): Connection {
  if (connectionString === undefined) return { ...parts, database }
  const url = new URL(connectionString)
  url.pathname = `/${encodeURIComponent(database)}`
  return { ...parts, connectionString: url.href }
}

/**
 * Every connection's settings, one round trip. `set_config` in a select, because what the server does not offer must not
 * fail: builds without lz4 exist (the embedded one). plan_cache_mode stays auto on purpose: unnamed statements are planned
 * with their values, while a prepared point read turns generic after five runs; force_generic_plan would hit both. No merge
 * joins: row keys are hashes, which have no order worth merging by, and to weigh one the planner looks into both ends of
 * the indexes, a quarter of what planning a search costs.
 */
export async function settle(client: pg.ClientBase, { statementTimeout, owner }: Settings): Promise<void> {
  await client.query(`select ${settings}${owner ? '' : `, ${takeOn}`} ${from}`, [String(statementTimeout)])
}

export interface Settings {
  /** Milliseconds; 0 is without limit. */
  readonly statementTimeout: number
  /** With all rights of whoever connects, instead of those the server works with (role.ts). */
  readonly owner: boolean
}

const settings = `
  set_config('statement_timeout', $1, false), set_config('jit', 'off', false), set_config('cursor_tuple_fraction', '1', false),
  set_config('enable_mergejoin', 'off', false),
  set_config('default_toast_compression', case when 'lz4' = any(enumvals) then 'lz4' else setting end, false)`
const from = `from pg_settings where name = 'default_toast_compression'`
