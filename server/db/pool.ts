import pg from 'pg'
import { settle, type Connection } from './connection.ts'
import type { Connections, Queryable } from './database.ts'
import { isRetryable, refusalOf } from './failure.ts'
import { Session } from './session.ts'
import type { Sql } from './sql.ts'
import { runTransaction } from './transaction.ts'

export interface PoolOptions {
  connections: number
  /** Milliseconds; 0 is without limit. */
  statementTimeout: number
  /** Told about connections that broke while idle; the pool replaces them. */
  onLost: (error: Error) => void
}

/** Connections to one PostgreSQL. A connection is given back however its work ends; a broken one is destroyed. */
export class Pool implements Queryable {
  readonly #pool: pg.Pool

  constructor(connection: Connection, options: PoolOptions) {
    const config: pg.PoolConfig & { onConnect: (client: pg.ClientBase) => Promise<void> } = {
      ...connection,
      max: options.connections,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      onConnect: (client) => {
        // Between two holders of a connection nobody listens for a moment: an error then would end the process.
        client.on('error', () => undefined)
        return settle(client, options.statementTimeout)
      },
    }
    this.#pool = new pg.Pool(config)
    this.#pool.on('error', options.onLost)
  }

  rows<T extends object>(statement: Sql): Promise<T[]> {
    return this.#with((session) => session.rows<T>(statement))
  }

  prepared<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    return this.#with((session) => session.prepared<T>(name, text, values))
  }

  async *stream<T extends object>(statement: Sql, batch: number): AsyncIterable<T[]> {
    const { session, release } = await this.#take()
    try {
      const begun = session.command('begin')
      begun.catch(() => undefined) // then the first statement fails too, and tells
      yield* session.stream<T>(statement, batch)
    } finally {
      await session.command('commit').catch(() => (session.spoiled = true))
      release()
    }
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return runTransaction((attempt) => this.#with(attempt), work, isRetryable)
  }

  get connections(): Connections {
    const { totalCount, idleCount, waitingCount } = this.#pool
    return { open: totalCount, idle: idleCount, waiting: waitingCount }
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #with<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const held = await this.#take()
    try {
      return await work(held.session)
    } finally {
      held.release()
    }
  }

  async #take(): Promise<{ session: Session; release: () => void }> {
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw refusalOf(error)
    }
    const session = new Session(client)
    let broken = false
    const mark = () => (broken = true)
    client.on('error', mark)
    const release = () => {
      client.off('error', mark)
      client.release(broken || session.spoiled)
    }
    return { session, release }
  }
}
