import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { buildHouse, serve } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import type { House } from '../../server/interactions/house.ts'
import { makeLog } from '../../server/log.ts'
import { CHEAP } from '../harness/cheap.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

export interface TestServer {
  /** `http://127.0.0.1:49152` */
  readonly origin: string
  /** The FHIR endpoint: `${origin}/fhir`. */
  readonly base: string
  readonly house: House
  readonly connection: TestDatabase['connection']
  /** Everything logged so far, as JSON lines. */
  logged: () => string
  /** Stops the server and drops its database. */
  stop: () => Promise<void>
}

export interface TestServerOptions {
  /** Settings by environment variable, over the defaults: `{ BODY_LIMIT: '1mb' }`. */
  env?: Record<string, string>
  /** Instead of a fresh database. It is then the caller's to drop. */
  database?: TestDatabase
  /** Golden Patients come only when asked for. */
  linking?: boolean
}

/** Open, and in no hurry: tests of access and of limits set their own. */
const defaults = {
  AUTH: 'open',
  PORT: '0',
  DATA_DIR: join(tmpdir(), 'parchi-test'),
  STOP_TIMEOUT: '3s',
  RATE_LIMIT: '0',
  RATE_LIMIT_PERSON: '0',
  RATE_LIMIT_IP: '0',
  RATE_LIMIT_LOGIN: '0',
}

/** The whole server in this process, on a free port and a database of its own. What it knows of FHIR is shared by all tests of a run. */
export async function startServer({
  env = {},
  database,
  linking = false,
}: TestServerOptions = {}): Promise<TestServer> {
  const store = database ?? (await testDatabase())
  const lines: string[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString())
      done()
    },
  })
  const log = makeLog('debug', sink)
  const config = readConfig({ ...defaults, ...env })
  const running = await serve(config, await buildHouse(config, store.db, log), { linking, passwordCost: CHEAP })
  await running.ready
  return {
    origin: running.origin,
    base: `${running.origin}/fhir`,
    house: running.house,
    connection: store.connection,
    logged: () => lines.join(''),
    stop: async () => {
      await running.stop()
      if (!database) await store.drop()
    },
  }
}
