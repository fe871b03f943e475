import type { Sql } from './sql.ts'

/** Something that runs SQL: the pool, one transaction, or the read replica. int8 arrives as bigint. */
export interface Queryable {
  rows<T extends object>(statement: Sql): Promise<T[]>
  /** A hot statement, prepared once per connection under its name. The text must be a constant. */
  prepared<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<T[]>
  /** Rows in batches through a server-side cursor: memory stays flat whatever the size. */
  stream<T extends object>(statement: Sql, batch: number): AsyncIterable<T[]>
  /** On one connection: when all that was sent has left, or cannot. What is large travels in many pieces. */
  left?(): Promise<void>
}

export interface Database extends Queryable {
  /**
   * One database transaction, read committed. Commits when `work` resolves, rolls back when it throws; runs `work`
   * again after a serialization failure, a deadlock or a unique violation (40001, 40P01, 23505; at most 5 times, with jitter).
   * Resolves only after the commit was acknowledged.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  /** Statements on one connection, outside a transaction: those sent in one turn of the event loop travel in one packet. */
  together<T>(work: (one: Queryable) => Promise<T>): Promise<T>
  /** Where reads may go that can be a moment stale: DATABASE_REPLICA_URL, else this database. */
  readonly replica: Queryable
  /** How busy the connections are, where there are any of its own. */
  readonly connections?: () => Connections
  /** What connections are settled by has changed, as after a migration: work from here on runs on others. */
  readonly renew?: () => void
  close(): Promise<void>
}

export interface Connections {
  readonly open: number
  readonly idle: number
  /** Work that waits for one. */
  readonly waiting: number
}
