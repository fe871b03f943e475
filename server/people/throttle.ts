import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { People, Quota } from './people.ts'
import { keyed } from './seal.ts'

/**
 * How often something may be tried, counted in the database, so that it holds across processes. What is counted stands
 * there as a keyed hash. Each count is one statement: two at the same time are two.
 */
export interface Let {
  readonly ok: boolean
  /** Seconds until it is worth trying again. */
  readonly wait: number
}

const FREE: Let = { ok: true, wait: 0 }

/** Takes one of a quota; its window begins with the first. */
export async function take(people: People, what: readonly string[], { most, seconds }: Quota): Promise<Let> {
  const now = people.now()
  const [row] = await people.house.db.rows<{ count: number; until: bigint }>(sql`
    insert into throttle as t (key, count, until, forget)
    values (${keyOf(people, what)}, 1, ${now + seconds * 1000}::bigint, ${now + seconds * 1000}::bigint)
    on conflict (key) do update set
      count = case when t.until <= ${now}::bigint then 1 else least(t.count + 1, 1000000) end,
      until = case when t.until <= ${now}::bigint then excluded.until else t.until end,
      forget = case when t.until <= ${now}::bigint then excluded.forget else t.forget end
    returning count, until`)
  return row === undefined || row.count <= most ? FREE : { ok: false, wait: secondsTo(row.until, now) }
}

/** A lock that closes for longer each time: after `free` tries for 30 s, 1 min, 2 min … 15 min. */
export interface Lock {
  readonly free: number
}

const FIRST = 30_000
const LONGEST = 15 * 60_000
const FORGET = 24 * 3_600_000

/**
 * A try at a lock counts before it is known how it ends, so that many at once are no way around it. While the lock is
 * closed nothing counts: whoever keeps trying does not keep it closed.
 */
export async function knock(people: People, what: readonly string[], { free }: Lock): Promise<Let> {
  const now = people.now()
  const key = keyOf(people, what)
  const rows = await people.house.db.rows(sql`
    insert into throttle as t (key, count, until, forget) values (${key}, 1, 0, ${now + FORGET}::bigint)
    on conflict (key) do update set
      count = case when t.forget <= ${now}::bigint then 1 else least(t.count + 1, 1000000) end,
      until = case when t.forget <= ${now}::bigint or t.count + 1 < ${free} then 0
              else ${now}::bigint + least(${LONGEST}::float8, ${FIRST}::float8 * power(2::float8, least(t.count + 1 - ${free}, 20)))::bigint end,
      forget = excluded.forget
    where t.until <= ${now}::bigint
    returning count`)
  if (rows.length > 0) return FREE
  const [closed] = await people.house.db.rows<{ until: bigint }>(sql`select until from throttle where key = ${key}`)
  return { ok: false, wait: closed ? secondsTo(closed.until, now) : 1 }
}

/** The try ended well: what it had counted is taken back, or with `all` everything counted so far. */
export async function forgive(people: People, what: readonly string[], all: boolean): Promise<void> {
  const key = keyOf(people, what)
  await people.house.db.rows(
    all
      ? sql`delete from throttle where key = ${key}`
      : sql`update throttle set count = greatest(count - 1, 0), until = 0 where key = ${key}`,
  )
}

/** Something is known for so long: that somebody has logged in from an address before. */
export async function remember(people: People, what: readonly string[], seconds: number): Promise<void> {
  const until = people.now() + seconds * 1000
  await people.house.db.rows(sql`
    insert into throttle (key, count, until, forget) values (${keyOf(people, what)}, 0, ${until}::bigint, ${until}::bigint)
    on conflict (key) do update set until = excluded.until, forget = excluded.forget`)
}

export async function remembers(people: People, what: readonly string[]): Promise<boolean> {
  const rows = await people.house.db.rows(
    sql`select from throttle where key = ${keyOf(people, what)} and until > ${people.now()}::bigint`,
  )
  return rows.length > 0
}

/** Rows that mean nothing any more. */
export async function sweep(tx: Queryable, now: number): Promise<void> {
  await tx.rows(sql`delete from throttle where forget <= ${now}::bigint`)
  await tx.rows(sql`delete from otp where until <= ${now - 86_400_000}::bigint`)
  await tx.rows(sql`delete from login where until <= ${now}::bigint`)
  await tx.rows(sql`delete from sms where made <= ${now - 30 * 86_400_000}::bigint`)
}

function keyOf({ keys }: People, what: readonly string[]): Buffer {
  return keyed(keys.hash, 'throttle', ...what)
}

function secondsTo(until: bigint, now: number): number {
  return Math.max(1, Math.ceil((Number(until) - now) / 1000))
}
