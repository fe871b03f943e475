import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { Database, Queryable } from './database.ts'
import { asOwner } from './role.ts'
import { raw, sql } from './sql.ts'

/** A numbered file, applied once and never changed afterwards: to change the schema, add the next number. */
export interface Migration {
  name: string
  text: string
}

const folder = new URL('migrations/', import.meta.url)

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}_\w+\.sql$/.test(name)).toSorted()
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })))
}

/** Brings the schema up to date and tells what was applied. Several servers may start at once: one migrates, all wait. */
export async function migrate(db: Database, migrations?: readonly Migration[]): Promise<string[]> {
  const wanted = migrations ?? (await readMigrations())
  await refuseUnfit(db)
  const applied: string[] = []
  for (const migration of wanted) {
    if (await db.transaction((tx) => applyOnce(tx, migration, wanted))) applied.push(migration.name)
  }
  if (applied.length > 0) db.renew?.()
  return applied
}

async function refuseUnfit(db: Queryable): Promise<void> {
  const [server] = await db.rows<{ version: number; encoding: string }>(sql`
    select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`)
  if (!server || server.version < 15_00_00) throw new Error('Parchi needs PostgreSQL 15 or later: see DATABASE_URL.')
  if (server.encoding !== 'UTF8')
    throw new Error(`The database is encoded in ${server.encoding}: create it with encoding 'UTF8' template template0.`)
}

async function applyOnce(tx: Queryable, migration: Migration, wanted: readonly Migration[]): Promise<boolean> {
  await asOwner(tx)
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('parchi migrate', 0))`)
  await tx.rows(sql`
    create table if not exists migration
      (name text primary key, checksum text not null, applied timestamptz not null default now())`)
  const done = await tx.rows<{ name: string; checksum: string }>(sql`select name, checksum from migration`)
  refuseUnknown(done, wanted)
  const earlier = done.find(({ name }) => name === migration.name)
  const checksum = checksumOf(migration.text)
  if (earlier) {
    if (earlier.checksum !== checksum) throw changed(migration.name)
    return false
  }
  await tx.rows(sql`set local statement_timeout = 0`)
  await tx.rows(raw(migration.text))
  await tx.rows(sql`insert into migration (name, checksum) values (${migration.name}, ${checksum})`)
  return true
}

function refuseUnknown(done: readonly { name: string }[], wanted: readonly Migration[]): void {
  const unknown = done.find(({ name }) => !wanted.some((migration) => migration.name === name))
  if (unknown)
    throw new Error(`The database was migrated by a newer Parchi (${unknown.name}): start that version or a later one.`)
}

function changed(name: string): Error {
  return new Error(
    `${name} was changed after it had been applied. Put it back, and add a migration with the next number.`,
  )
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
