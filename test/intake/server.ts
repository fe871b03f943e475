import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pino from 'pino'
import { buildHouse, serve, type Running, type ServeOptions } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { sql } from '../../server/db/sql.ts'
import { openDatabase } from '../../server/db/open.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { toyCatalog, type ToyFile } from './toy.ts'

/** Milliseconds: longer than most tests have, so that what a busy machine is late with is no failure. */
const PATIENCE = 150_000

export interface Status {
  message: string
  state: string
  total: number
  counts: Record<string, number>
  issues: { code: string }[]
  duplicateOf?: string
}

export interface IntakeServer {
  readonly running: Running
  readonly origin: string
  readonly base: string
  readonly database: TestDatabase
  post(
    facility: string,
    text: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<{ message: string; duplicateOf?: string }>
  /** When it is done or held, and nothing more is queued. */
  settled(facility: string, message: string): Promise<Status>
  /** Sends and waits. */
  send(facility: string, text: string | Buffer): Promise<Status>
  get(path: string): Promise<Response>
  json<T>(path: string): Promise<T>
  stop(): Promise<void>
}

/** A server whose facilities are toys, on a database of its own or on a given one. */
export async function intakeServer(
  files: readonly ToyFile[] = [{ slug: 'toy' }],
  options: ServeOptions & {
    database?: TestDatabase
    /** Settings by environment variable. */
    env?: Readonly<Record<string, string>>
    prepare?: (database: TestDatabase) => Promise<void>
  } = {},
): Promise<IntakeServer> {
  const database = options.database ?? (await testDatabase())
  const db = options.database ? await openDatabase({ at: database.connection, connections: 8 }) : database.db
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const defaults = { AUTH: 'open', PORT: '0', DATA_DIR: join(tmpdir(), 'parchi-test'), STOP_TIMEOUT: '3s' }
  const config = readConfig({ ...defaults, ...options.env })
  const running = await serve(config, await buildHouse(config, db, log), {
    catalog: toyCatalog(files),
    linking: false,
    ...options,
  })
  await running.ready
  const { origin } = running
  const get = (path: string) => fetch(`${origin}${path}`)
  const server: IntakeServer = {
    running,
    origin,
    base: `${origin}/fhir`,
    database,
    get,
    json: async <T>(path: string) => (await (await get(path)).json()) as T,
    async post(facility, text, headers = {}) {
      const body = typeof text === 'string' ? text : new Uint8Array(text)
      const response = await fetch(`${origin}/intake/${facility}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/csv', ...headers },
      })
      if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
      return (await response.json()) as { message: string }
    },
    async settled(facility, message) {
      for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(15)) {
        // in this order: a job that ends in between has changed what is told after it
        const [row] = await db.rows<{ jobs: number }>(sql`select count(*)::integer as jobs from job where not dead`)
        const status = await server.json<Status>(`/intake/${facility}/${message}`)
        if ((status.state === 'done' || status.state === 'held') && row?.jobs === 0) return status
      }
      throw new Error(
        `not settled: ${JSON.stringify(await server.json(`/intake/${facility}/${message}`))} ${JSON.stringify(await db.rows(sql`select kind, attempts, error, dead from job`))}`,
      )
    },
    async send(facility, text) {
      return server.settled(facility, (await server.post(facility, text)).message)
    },
    async stop() {
      await running.stop()
      if (options.database) await db.close()
      else await database.drop()
    },
  }
  return server
}
