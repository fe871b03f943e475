import pg from 'pg'
import { settle, type Connection, type Settings } from './connection.ts'
import type { Connections, Queryable } from './database.ts'
import { isRetryable, refusalOf } from './failure.ts'
import { Session } from './session.ts'
import type { Sql } from './sql.ts'
import { runTransaction } from './transaction.ts'

export interface PoolOptions extends Settings {
  connections: number
  /** Told about connections that broke while idle; the pool replaces them. */
  onLost: (error: Error) => void
}

/** Connections to one PostgreSQL. A connection is given back however its work ends; a broken one is destroyed. */
export class Pool implements Queryable {
  readonly #pool: pg.Pool
  /** Connections settled before `renew` are not used again. */
  #settled = new WeakSet<pg.ClientBase>()

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
        this.#settled.add(client)
        return settle(client, options)
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

  together<T>(work: (one: Queryable) => Promise<T>): Promise<T> {
    return this.#with(work)
  }

  renew(): void {
    this.#settled = new WeakSet()
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

  async #connect(): Promise<pg.PoolClient> {
    try {
      for (;;) {
        const client = await this.#pool.connect()
        if (this.#settled.has(client)) return client
        client.release(true)
      }
    } catch (error) {
      throw refusalOf(error)
    }
  }

  async #take(): Promise<{ session: Session; release: () => void }> {
    const client = await this.#connect()
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
