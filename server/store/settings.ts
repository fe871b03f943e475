import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'

/** Words that all processes of a deployment share (migration 002). */
export async function readSetting(db: Queryable, name: string): Promise<string | undefined> {
  const [row] = await db.rows<{ value: string }>(sql`select value from setting where name = ${name}`)
  return row?.value
}

export async function writeSetting(db: Queryable, name: string, value: string): Promise<void> {
  await db.rows(sql`
    insert into setting (name, value) values (${name}, ${value})
    on conflict (name) do update set value = excluded.value`)
}

/** The value there is; the offered one when there is none yet, and of several processes that offer, the first one's. */
export async function settleSetting(db: Queryable, name: string, offered: string): Promise<string> {
  await db.rows(sql`insert into setting (name, value) values (${name}, ${offered}) on conflict (name) do nothing`)
  return (await readSetting(db, name)) ?? offered
}
