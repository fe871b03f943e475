import type { Queryable } from '../db/database.ts'
import { int4s } from './binary.ts'

/**
 * Criteria are locked by stripe: a bundle with thousands of them still takes at most this many locks, which fit into
 * PostgreSQL's lock table (max_locks_per_transaction × max_connections) whatever sixteen clients send.
 */
const STRIPES = 2048n
const CLASS = 0x70617263

/** Advisory locks until the end of the transaction, in one order for everybody, in one statement. */
export async function lockStripes(tx: Queryable, keys: readonly bigint[]): Promise<void> {
  if (keys.length === 0) return
  const stripes = new Set(keys.map((key) => Number(BigInt.asUintN(64, key) % STRIPES)))
  await tx.prepared('lock_stripes', LOCK, [int4s([...stripes].toSorted((a, b) => a - b))])
}

// unnest answers in the order of the array
const LOCK = `select pg_advisory_xact_lock(${CLASS}, stripe) from unnest($1::integer[]) as s(stripe)`
