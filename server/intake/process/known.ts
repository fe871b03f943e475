import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { fingerprintOf, keyOf } from '../ids.ts'
import { unpackOwn } from '../made.ts'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import type { Item, Known, Run } from './item.ts'
import { orderKeys } from './order.ts'
import { unpackSaid } from './said.ts'

export function itemOf(run: Run, record: MappedRecord, versions: Item['versions'] = []): Item {
  const fingerprint = fingerprintOf(record.fingerprint)
  // A record without a key of its own is known by what it says.
  const key = keyOf(run.message.facility, record.key === '' ? `\0${record.fingerprint}` : record.key)
  const at = record.at === undefined ? Number.NaN : Date.parse(record.at)
  return { run, record, versions, key, fingerprint, at: Number.isNaN(at) ? undefined : at }
}

/** Of record_key: what is read of these records, and written. */
export function keysOf(items: readonly Item[]): Set<string> {
  const keys = new Set<string>()
  for (const item of items) {
    if (item.record.state !== 'mapped') continue
    keys.add(item.key)
    for (const key of orderKeys(item).values()) keys.add(key)
  }
  return keys
}

interface Row {
  key: string
  message: string
  number: number
  fingerprint: bigint
  at: number | null
  made: Buffer | null
  said: Buffer | null
}

/** What was accepted under the keys of these records. */
export async function readKnown(db: Queryable, items: readonly Item[]): Promise<Map<string, Known>> {
  const keys = [...keysOf(items)]
  if (keys.length === 0) return new Map()
  const rows = await db.prepared<Row>('record_keys', RECORD_KEYS, [keys])
  return new Map(
    rows.map(({ key, message, number, fingerprint, at, made, said }) => [
      key,
      {
        message,
        number,
        fingerprint,
        at: at ?? undefined,
        own: () => unpackOwn(made),
        said: () => (said ? unpackSaid(said) : undefined),
      },
    ]),
  )
}

const RECORD_KEYS = `
  select key, message, number, fingerprint, at::float8 as at, made, said from record_key where key = any ($1::uuid[])`

/** Earlier messages of the facility with the same bytes, of which every record was taken. */
export async function wholeDuplicates(db: Queryable, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await db.rows<{ id: string; earlier: string }>(sql`
    select m.id, e.id as earlier
    from message m cross join lateral (
      select o.id from message o
      where o.sha256 = m.sha256 and o.facility = m.facility and o.id < m.id and o.state = 'done' and o.total > 0
        and not o.counts ?| array['quarantined', 'parked', 'held']
      order by o.id limit 1
    ) e
    where m.id = any (${ids}::uuid[])`)
  return new Map(rows.map(({ id, earlier }) => [id, earlier]))
}

/** Those whose control id another message of the facility had before, with other bytes. */
export async function reusedControlIds(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.rows<{ id: string }>(sql`
    select m.id from message m
    where m.id = any (${ids}::uuid[]) and m.control_id is not null and exists (
      select from message o
      where o.facility = m.facility and o.control_id = m.control_id and o.id < m.id and o.sha256 <> m.sha256
        and o.counts ?| array['accepted', 'accepted-with-warnings', 'duplicate', 'superseded', 'parked']
    )`)
  return new Set(rows.map(({ id }) => id))
}
