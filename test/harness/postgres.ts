import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inDatabase, types, type Connection } from '../../server/db/connection.ts'
import { migrate } from '../../server/db/migrate.ts'
import { openDatabase, type OpenDatabase } from '../../server/db/open.ts'
import { raw } from '../../server/db/sql.ts'

/** A server with a template of an empty record, for all processes of a run. */
export interface Ready {
  readonly connection: Connection
  readonly template: string
}

/** Where workers find what the run itself has started (setup.ts): how to read types is no text, and is added again. */
const SHARED = 'PARCHI_TEST_DATABASE'

export function share({ connection, template }: Ready): void {
  process.env[SHARED] = JSON.stringify({ connection, template })
}

export function sharedServer(): Ready | undefined {
  const shared = process.env[SHARED]
  if (shared === undefined) return undefined
  const { connection, template } = JSON.parse(shared) as Ready
  return { connection: { ...connection, types }, template }
}

export async function startServer(): Promise<Ready & { stop(): Promise<void> }> {
  const url = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL']
  const folder = await temporaryFolder()
  const admin = await openDatabase({ ...(url ? { at: url } : { dataDir: folder }), connections: 2 })
  const template = newName()
  await makeTemplate(admin, template)
  const stop = async () => {
    await admin.rows(raw(`drop database if exists ${template} with (force)`))
    await admin.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { connection: admin.connection, template, stop }
}

async function makeTemplate(admin: OpenDatabase, template: string): Promise<void> {
  await admin.rows(raw(`create database ${template} template template0 encoding 'UTF8'`))
  const db = await openDatabase({ at: inDatabase(admin.connection, template), connections: 1 })
  await migrate(db)
  await db.close()
}

/** One that the account of PostgreSQL can enter when the tests run as root: mkdtemp alone shuts it out. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parchi-test-'))
  await chmod(folder, 0o755)
  return folder
}

export function newName(): string {
  return `test_${randomBytes(6).toString('hex')}`
}
