import type pg from 'pg'
import Cursor from 'pg-cursor'
import { FhirError } from '../errors.ts'
import { types } from './connection.ts'
import type { Queryable } from './database.ts'
import { refusalOf } from './failure.ts'
import type { Sql } from './sql.ts'

/** One connection as a Queryable. Statements may be sent without waiting for each other: they travel together, in order. */
export class Session implements Queryable {
  readonly #client: pg.ClientBase & { pipeline?: boolean }
  #sent: Promise<void> = Promise.resolve()
  /** Left in a state that nobody else should inherit. */
  spoiled = false

  constructor(client: pg.ClientBase) {
    this.#client = client
    this.#client.pipeline = true
  }

  async rows<T extends object>(statement: Sql): Promise<T[]> {
    return this.#run<T>(statement.query)
  }

  async prepared<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    return this.#run<T>({ name, text, values: [...values] })
  }

  /** An open portal cannot share the connection with statements behind it: run nothing else until the stream ended. */
  async *stream<T extends object>(statement: Sql, batch: number): AsyncIterable<T[]> {
    const { text, values } = statement.query
    await this.#sent
    this.#client.pipeline = false
    const cursor = this.#client.query(new Cursor<T>(text, values, { types }))
    let failed = false
    try {
      for (;;) {
        const rows = await cursor.read(batch).catch((error: unknown) => {
          failed = true
          throw this.#refused(error)
        })
        if (rows.length > 0) yield rows
        if (rows.length < batch) return
      }
    } finally {
      // After an error the portal is gone, and close() would wait for an answer that never comes.
      if (!failed) await Promise.race([cursor.close(), new Promise((resolve) => this.#client.once('end', resolve))])
      this.#client.pipeline = true
    }
  }

  /** The tag of what ran: a `commit` in a failed transaction answers ROLLBACK, and no error. */
  async command(text: string): Promise<string> {
    return (await this.#send({ text })).command
  }

  async #run<T extends object>(query: pg.QueryConfig): Promise<T[]> {
    try {
      return (await this.#send<T>(query)).rows
    } catch (error) {
      throw this.#refused(error)
    }
  }

  #refused(error: unknown): unknown {
    const refusal = refusalOf(error)
    if (refusal instanceof FhirError && refusal.refusal === 'unavailable') this.spoiled = true
    return refusal
  }

  #send<T extends object>(query: pg.QueryConfig): Promise<pg.QueryResult<T>> {
    const answer = this.#client.query<T>(query)
    this.#sent = answer.then(
      () => undefined,
      () => undefined,
    )
    return answer
  }
}
