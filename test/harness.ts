import { after } from 'mocha'
import { inDatabase, type Connection } from '../server/db/connection.ts'
import type { Database } from '../server/db/database.ts'
import { openDatabase, type OpenDatabase } from '../server/db/open.ts'
import { raw } from '../server/db/sql.ts'
import { newName, sharedServer, startServer, type Ready } from './harness/postgres.ts'

export { temporaryFolder } from './harness/postgres.ts'

export interface TestDatabase {
  db: Database
  /** For a bare `pg` client, or a second server on the same database. */
  connection: Connection
  drop(): Promise<void>
}

/**
 * A fresh, migrated database of its own. The server — TEST_DATABASE_URL, DATABASE_URL, else an embedded one in a temporary
 * folder — starts with the first call and ends with the run, so tests that never call this cost no PostgreSQL. `owner`: with
 * the rights to make tables of one's own.
 */
export async function testDatabase({ owner = false } = {}): Promise<TestDatabase> {
  const server = await (started ??= start())
  const name = await server.next()
  const connection = inDatabase(server.connection, name)
  const db = await openDatabase({ at: connection, connections: 12, statementTimeout: 20_000, owner })
  const drop = async () => {
    await db.close()
    server.drop(name)
  }
  return { db, connection, drop }
}

interface Server {
  connection: Connection
  next(): Promise<string>
  /** Behind the tests' backs: it takes about 100 ms. */
  drop(name: string): void
  stop(): Promise<void>
}

let started: Promise<Server> | undefined

async function start(): Promise<Server> {
  const { connection, template } = sharedServer() ?? (await startHere())
  const admin = await openDatabase({ at: connection, connections: 2 })
  let dropped: Promise<unknown> = Promise.resolve()
  const drop = (name: string) => {
    dropped = dropped.then(() => admin.rows(raw(`drop database if exists ${name} with (force)`)))
  }
  const copies = copiesOf(admin, template)
  const stop = async () => {
    drop(await copies.last())
    await dropped
    await admin.close()
    await startedHere?.stop()
  }
  return { connection, next: copies.next, drop, stop }
}

let startedHere: { stop(): Promise<void> } | undefined

async function startHere(): Promise<Ready> {
  const ready = await startServer()
  startedHere = ready
  return ready
}

/** A copy takes about 100 ms, so the next one is made while the tests work with the one before. One copy at a time. */
function copiesOf(admin: OpenDatabase, template: string) {
  const make = async () => {
    const name = newName()
    await admin.rows(raw(`create database ${name} template ${template} strategy file_copy`))
    return name
  }
  let spare = make()
  const next = () => {
    const taken = spare
    spare = taken.then(make, make)
    spare.catch(() => undefined)
    return taken
  }
  return { next, last: () => spare }
}

/**
 * A root hook: mocha takes it up when the first test file imports this. A worker of a parallel run works through many
 * files, each a run to mocha; its databases go with the server that the run itself stops.
 */
if (process.env['MOCHA_WORKER_ID'] === undefined) {
  after(async () => {
    await (await started)?.stop()
  })
}
