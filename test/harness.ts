import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'mocha'
import pg from 'pg'
import { atUrl, type Connection } from '../server/db/connection.ts'
import type { Database } from '../server/db/database.ts'
import { migrate } from '../server/db/migrate.ts'
import { openDatabase, type OpenDatabase } from '../server/db/open.ts'
import { raw } from '../server/db/sql.ts'

export interface TestDatabase {
  db: Database
  /** For a bare `pg` client or a second server on the same database. */
  connection: Connection
  drop(): Promise<void>
}

/** A fresh, migrated database, copied from a template. The server starts with the first call and ends with the run. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await (started ??= start())
  const name = `test_${randomBytes(6).toString('hex')}`
  await server.copy(name)
  const connection = { ...server.connection, database: name }
  const db = await openDatabase({ at: connection, connections: 12, statementTimeout: 20_000 })
  return {
    db,
    connection,
    drop: async () => {
      await db.close()
      await server.admin.rows(raw(`drop database if exists ${name} with (force)`))
    },
  }
}

interface Server {
  admin: OpenDatabase
  connection: Connection
  copy(name: string): Promise<void>
  stop(): Promise<void>
}

let started: Promise<Server> | undefined

async function start(): Promise<Server> {
  const url = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL']
  const folder = url === undefined ? await mkdtemp(join(tmpdir(), 'parchi-test-')) : null
  const admin = await openDatabase({
    ...(url !== undefined && { at: url }),
    ...(folder && { dataDir: folder }),
    connections: 2,
  })
  const template = `template_${randomBytes(6).toString('hex')}`
  const connection = withoutUrl(admin.connection)
  await admin.rows(raw(`create database ${template} template template0 encoding 'UTF8'`))
  const db = await openDatabase({ at: { ...connection, database: template }, connections: 1 })
  await migrate(db)
  await db.close()
  return {
    admin,
    connection,
    copy: (name) => inTurn(() => admin.rows(raw(`create database ${name} template ${template}`))),
    stop: async () => {
      await admin.rows(raw(`drop database if exists ${template} with (force)`))
      await admin.close()
      if (folder) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A template can be copied by one session at a time. */
let turn: Promise<unknown> = Promise.resolve()
function inTurn(work: () => Promise<unknown>): Promise<void> {
  const next = turn.then(work, work)
  turn = next.catch(() => undefined)
  return next.then(() => undefined)
}

/** `connectionString` would win over `database`, so its parts are spelled out. */
function withoutUrl(connection: Connection): Connection {
  if (connection.connectionString === undefined) return connection
  const { host, port, user, password, database } = new pg.Client(connection)
  return {
    ...atUrl(''),
    host,
    port,
    ...(user !== undefined && { user }),
    ...(password !== null && { password }),
    ...(database !== undefined && { database }),
  }
}

/** Root hook: registered at load, does something only if a database was asked for. */
after(async function () {
  if (started) await (await started).stop()
})
