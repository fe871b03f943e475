import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { typeNumber } from '../fhir/types.ts'

/** A place in the change log: transactions before `tx` are done, and of `tx` itself the rows up to `rid`. */
export interface Cursor {
  /** xid8, as text. */
  readonly tx: string
  readonly rid: bigint
}

export const BEGINNING: Cursor = { tx: '0', rid: -(2n ** 63n) }

export interface Changes {
  /** Row keys of what was written or deleted, each once; what became of them is for the reader to look up. */
  readonly rids: readonly bigint[]
  readonly next: Cursor
  /** Nothing else is behind them yet. */
  readonly last: boolean
}

/**
 * What changed of one type since the cursor. Only transactions older than every running one are read: whoever commits
 * later has a higher number than the cursor, so that nothing is passed over.
 */
export async function changesSince(
  db: Queryable,
  type: ResourceType,
  { tx, rid }: Cursor,
  most: number,
): Promise<Changes> {
  const [edge] = await db.prepared<{ tx: string }>('changes_edge', EDGE, [])
  if (!edge) throw new Error('there is always a snapshot')
  const rows = await db.prepared<{ tx: string; rid: bigint }>('changes_since', CHANGES, [
    typeNumber(type),
    tx,
    rid,
    edge.tx,
    most,
  ])
  const [end, last] = [rows.at(-1), rows.length < most]
  return {
    rids: [...new Set(rows.map((row) => row.rid))],
    next: last || !end ? { tx: edge.tx, rid: BEGINNING.rid } : { tx: end.tx, rid: end.rid },
    last,
  }
}

/** Transactions below `begin` are done, and none has begun from `end` on. */
export async function edges(db: Queryable): Promise<{ begin: bigint; end: bigint }> {
  const [row] = await db.prepared<{ begin: string; end: string }>('changes_edges', EDGES, [])
  return { begin: BigInt(row?.begin ?? 0), end: BigInt(row?.end ?? 0) }
}

const EDGES = `
  select pg_snapshot_xmin(pg_current_snapshot())::text as begin, pg_snapshot_xmax(pg_current_snapshot())::text as end`

const EDGE = 'select pg_snapshot_xmin(pg_current_snapshot())::text as tx'

// A deleted resource has left the table; an update has moved its row to a later transaction.
const CHANGES = `
  select tx::text, rid from (
    (select tx, rid from resource
     where type = $1 and tx >= $2::xid8 and tx < $4::xid8 and (tx, rid) > ($2::xid8, $3::bigint)
     order by tx, rid limit $5)
    union all
    (select tx, rid from history
     where type = $1 and how = 'd' and tx >= $2::xid8 and tx < $4::xid8 and (tx, rid) > ($2::xid8, $3::bigint)
     order by tx, rid limit $5)
  ) c order by c.tx, c.rid limit $5`
