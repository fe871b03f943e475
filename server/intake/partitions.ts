import type { Database, Queryable } from '../db/database.ts'
import { asOwner } from '../db/role.ts'
import { raw, sql } from '../db/sql.ts'
import { lowestId } from './ids.ts'

/**
 * message_part and record are cut by month of arrival, which ids of messages begin with: dropping a month gives its
 * storage back at once, where deleted rows would leave holes.
 */
const TABLES = ['message_part', 'record'] as const

/** This month's and the next one's are there. What came before there was one stays in the `rest`. */
export async function ensurePartitions(db: Database, now = new Date()): Promise<void> {
  for (const ahead of [0, 1]) {
    const from = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)
    const until = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1)
    for (const table of TABLES) await db.transaction((tx) => ensure(tx, table, from, until))
  }
}

async function ensure(tx: Queryable, table: string, from: number, until: number): Promise<void> {
  const name = nameOf(table, from)
  await asOwner(tx)
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('parchi partitions', 0))`)
  const [there] = await tx.rows<{ there: boolean }>(sql`
    select to_regclass(${name}) is not null
      or exists (select from ${raw(`${table}_rest`)} where message >= ${lowestId(from)} and message < ${lowestId(until)})
      as there`)
  if (there?.there) return
  await tx.rows(
    raw(`
    create table ${name} partition of ${table} for values from ('${lowestId(from)}') to ('${lowestId(until)}')`),
  )
}

function nameOf(table: string, month: number): string {
  return `${table}_${new Date(month).toISOString().slice(0, 7).replace('-', '_')}`
}

/** Drops the months that ended before this time, and what is as old in the rest. Answers the names of what was dropped. */
export async function dropPartitions(tx: Queryable, before: number): Promise<string[]> {
  await asOwner(tx)
  const rows = await tx.rows<{ name: string }>(sql`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = any (array['message_part'::regclass, 'record'::regclass]) and c.relname ~ '_[0-9]{4}_[0-9]{2}$'`)
  const dropped = rows.map(({ name }) => name).filter((name) => endOf(name) <= before)
  for (const name of dropped) await tx.rows(raw(`drop table ${name}`))
  for (const table of TABLES)
    await tx.rows(sql`delete from ${raw(`${table}_rest`)} where message < ${lowestId(before)}`)
  return dropped
}

/** The moment a month is over, by its partition's name. */
function endOf(name: string): number {
  const [year = 0, month = 0] = name.slice(-7).split('_').map(Number)
  return Date.UTC(year, month)
}
