import type { Duplex } from 'node:stream'
import type pg from 'pg'
import { FhirError } from '../errors.ts'
import type { Queryable } from './database.ts'
import { isAftermath, refusalOf } from './failure.ts'
import type { Sql } from './sql.ts'

const NOTHING = Buffer.alloc(0)

/** What pg keeps to itself. */
interface Client extends pg.ClientBase {
  pipeline?: boolean
  readonly connection: { readonly stream: Duplex }
}

/**
 * One connection as a Queryable. Statements may be sent without waiting for each other: they travel together, in order, and
 * those of one turn of the event loop as one packet. Each packet wakes PostgreSQL, which takes a tenth of a millisecond.
 */
export class Session implements Queryable {
  readonly #client: Client
  #cursors = 0
  #gathers = false
  #failure: unknown
  /** Left in a state that nobody else should inherit. */
  spoiled = false

  constructor(client: pg.ClientBase) {
    this.#client = client as Client
    this.#client.pipeline = true
  }

  async rows<T extends object>(statement: Sql): Promise<T[]> {
    return this.#run<T>(statement.query)
  }

  async prepared<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<T[]> {
    return this.#run<T>({ name, text, values: [...values] })
  }

  /**
   * Through a cursor of SQL, only inside a transaction. Not a portal of the protocol (pg-cursor): the statement timeout
   * runs on while such a portal waits for a slow reader and cuts it off; here each batch is a statement of its own.
   */
  async *stream<T extends object>(statement: Sql, batch: number): AsyncIterable<T[]> {
    const { text, values } = statement.query
    const cursor = `c${++this.#cursors}`
    const fetch = () => this.#run<T>({ text: `fetch ${batch} from ${cursor}` })
    const declared = this.#run({ text: `declare ${cursor} no scroll cursor for ${text}`, values })
    const first = fetch()
    first.catch(() => undefined) // when declaring failed, that is the error to tell
    await declared
    try {
      for (let rows = await first; rows.length > 0; rows = rows.length < batch ? [] : await fetch()) yield rows
    } finally {
      void this.command(`close ${cursor}`).catch(() => undefined)
    }
  }

  /** The tag of what ran: a `commit` in a failed transaction answers ROLLBACK, and no error. */
  async command(text: string): Promise<string> {
    this.#gather()
    return (await this.#client.query(text)).command
  }

  left(): Promise<void> {
    return new Promise((resolve) => this.#client.connection.stream.write(NOTHING, () => resolve()))
  }

  async #run<T extends object>(query: pg.QueryConfig): Promise<T[]> {
    this.#gather()
    try {
      return (await this.#client.query<T>(query)).rows
    } catch (error) {
      throw this.#refused(error)
    }
  }

  #gather(): void {
    if (this.#gathers) return
    const { stream } = this.#client.connection
    this.#gathers = true
    stream.cork()
    process.nextTick(() => {
      this.#gathers = false
      stream.uncork()
    })
  }

  /** What was sent behind a statement that failed is refused for that alone, and tells why that one failed. */
  #refused(error: unknown): unknown {
    if (this.#failure !== undefined && isAftermath(error)) return this.#failure
    const refusal = refusalOf(error)
    this.#failure ??= refusal
    if (refusal instanceof FhirError && refusal.refusal === 'unavailable') this.spoiled = true
    return refusal
  }
}
