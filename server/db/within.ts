import type { Database, Queryable } from './database.ts'

/** A database that is one running transaction: whoever opens one of their own takes part in this one. */
export function databaseWithin(tx: Queryable): Database {
  return {
    rows: (statement) => tx.rows(statement),
    prepared: (name, text, values) => tx.prepared(name, text, values),
    stream: (statement, batch) => tx.stream(statement, batch),
    transaction: (work) => work(tx),
    together: (work) => work(tx),
    replica: tx,
    close: () => Promise.resolve(),
  }
}
