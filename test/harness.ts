import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'mocha'
import { inDatabase, type Connection } from '../server/db/connection.ts'
import type { Database } from '../server/db/database.ts'
import { migrate } from '../server/db/migrate.ts'
import { openDatabase, type OpenDatabase } from '../server/db/open.ts'
import { raw } from '../server/db/sql.ts'

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
  const connection = inDatabase(server.admin.connection, name)
  const db = await openDatabase({ at: connection, connections: 12, statementTimeout: 20_000, owner })
  const drop = async () => {
    await db.close()
    server.drop(name)
  }
  return { db, connection, drop }
}

interface Server {
  admin: OpenDatabase
  next(): Promise<string>
  /** Behind the tests' backs: it takes about 100 ms. */
  drop(name: string): void
  stop(): Promise<void>
}

let started: Promise<Server> | undefined

async function start(): Promise<Server> {
  const url = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL']
  const folder = await temporaryFolder()
  const admin = await openDatabase({ ...(url ? { at: url } : { dataDir: folder }), connections: 2 })
  const template = newName()
  let dropped: Promise<unknown> = Promise.resolve()
  const drop = (name: string) => {
    dropped = dropped.then(() => admin.rows(raw(`drop database if exists ${name} with (force)`)))
  }
  await makeTemplate(admin, template)
  const copies = copiesOf(admin, template)
  const stop = async () => {
    drop(await copies.last())
    drop(template)
    await dropped
    await admin.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { admin, next: copies.next, drop, stop }
}

async function makeTemplate(admin: OpenDatabase, template: string): Promise<void> {
  await admin.rows(raw(`create database ${template} template template0 encoding 'UTF8'`))
  const db = await openDatabase({ at: inDatabase(admin.connection, template), connections: 1 })
  await migrate(db)
  await db.close()
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

/** One that the account of PostgreSQL can enter when the tests run as root: mkdtemp alone shuts it out. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parchi-test-'))
  await chmod(folder, 0o755)
  return folder
}

function newName(): string {
  return `test_${randomBytes(6).toString('hex')}`
}

/** A root hook: mocha takes it up when the first test file imports this. */
after(async () => {
  await (await started)?.stop()
})
