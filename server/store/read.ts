import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { again } from '../db/failure.ts'
import { sql, type Sql } from '../db/sql.ts'
import { rid } from '../fhir/keys.ts'
import { typeNumber, typeOf } from '../fhir/types.ts'
import { int2s, int8s } from './binary.ts'
import { gathered } from './gathered.ts'
import { stored } from './search/columns.ts'
import { Where } from './search/where.ts'
import { pastSeen, seenOf } from './seen.ts'
import { byColumns, sees, type Sight } from './sight.ts'
import type { How, Row } from './types.ts'

/** A version as the statements here select it: `type` as stored, `updated` as a float8 that holds it exactly. */
export interface Stored {
  rid: bigint
  type: number
  id: string
  version: number
  updated: number
  how: How
  body: string | null
  facility: bigint
  patient: bigint
  labels: number
  day: number | null
}

/** The columns of `Stored`, of a table called r. */
export const STORED =
  'r.rid, r.type, r.id, r.version, r.updated::float8 as updated, r.how, r.body, r.facility, r.patient, r.labels, r.day'

/** Member by member: spreading takes five times as long, and a record has hundreds of rows. */
export function rowOf({ rid, type, id, version, updated, how, body, facility, patient, labels, day }: Stored): Row {
  return { rid, type: typeOf(type), id, version, updated, how, body, facility, patient, labels, day }
}

/**
 * The current version; undefined when there is none (never was, or deleted: `readTombstone` tells).
 */
export function readCurrent(db: Queryable, sight: Sight, type: ResourceType, id: string): Promise<Row | undefined> {
  const found = currentOf(db, { type, id })
  return sight === 'all' ? found : found.then(async (row) => row && (await seenOf(db, sight, [row]))[0])
}

const currentOf = gathered(readEach)

async function readEach(db: Queryable, asked: readonly Named[]): Promise<(Row | undefined)[]> {
  const keys = asked.map(({ type, id }) => ({ type, rid: rid(type, id) }))
  const [first] = keys
  const rows =
    first && keys.length === 1
      ? await db.prepared<Stored>('read_current', READ_CURRENT, [typeNumber(first.type), first.rid])
      : await db.prepared<Stored>('read_many', READ_MANY, columnsOfKeys(keys))
  const found = new Map(rows.map((row) => [row.rid, row]))
  return asked.map(({ type, id }, i) => same(found.get(keys[i]?.rid ?? 0n), type, id))
}

/** What is asked for by its name. */
export interface Named {
  readonly type: ResourceType
  readonly id: string
}

const READ_CURRENT = `select ${STORED} from resource r where r.type = $1 and r.rid = $2`

/**
 * The last tombstone of a resource, if it is seen: for who has found no current version. One that has come since does not
 * matter, for whoever brings a resource back at this very moment, it was deleted when it was looked for.
 */
export async function readTombstone(
  db: Queryable,
  sight: Sight,
  type: ResourceType,
  id: string,
): Promise<Row | undefined> {
  const rows = await db.prepared<Stored>('read_tombstone', READ_TOMBSTONE, [typeNumber(type), rid(type, id)])
  const row = same(rows[0], type, id)
  return row && sees(byColumns(sight), row) ? row : undefined
}

const READ_TOMBSTONE = `
  select ${STORED} from history r
  where r.rid = $2 and r.type = $1 and r.how = 'd'
  order by r.version desc limit 1`

/** One version, current or past; a tombstone has no body. */
export async function readVersion(
  db: Queryable,
  sight: Sight,
  type: ResourceType,
  id: string,
  version: number,
): Promise<Row | undefined> {
  const key = rid(type, id)
  if (sight !== 'all') return same(await readVersionSeen(db, sight, { type, rid: key }, version), type, id)
  const rows = await db.prepared<Stored>('read_version', READ_VERSION, [typeNumber(type), key, version])
  return same(rows[0], type, id)
}

// One statement, one snapshot: a version on its way to history is found in one of the two.
const READ_VERSION = `
  select ${STORED} from resource r where r.type = $1 and r.rid = $2 and r.version = $3
  union all
  select ${STORED} from history r where r.rid = $2 and r.version = $3
  limit 1`

async function readVersionSeen(
  db: Queryable,
  sight: Sight,
  { type, rid }: Key,
  version: number,
): Promise<Stored | undefined> {
  const { alias, from, visible } = new Where(sight).resources([type])
  const one = (r: Sql) => sql`${r}.type = ${typeNumber(type)} and ${r}.rid = ${rid} and ${r}.version = ${version}`
  const [found] = await db.rows<Stored>(sql`
    select ${stored(alias)} from ${from} where ${one(alias)} and ${visible}
    union all
    select ${stored(sql`h`)} from history h where ${one(sql`h`)} and ${pastSeen(sight, sql`h`)}
    limit 1`)
  return found
}

/** Everybody in whose compartment alone a version of this resource is or was. */
export async function patientsOfVersions(db: Queryable, type: ResourceType, rid: bigint): Promise<bigint[]> {
  const rows = await db.prepared<{ patient: bigint }>('patients_of_versions', PATIENTS_OF_VERSIONS, [
    typeNumber(type),
    rid,
  ])
  return rows.map(({ patient }) => patient)
}

const PATIENTS_OF_VERSIONS = `
  select patient from resource where type = $1 and rid = $2
  union select patient from history where type = $1 and rid = $2`

/** Current versions of several resources by row key, as far as there are any. */
export async function readMany(db: Queryable, sight: Sight, keys: readonly Key[]): Promise<Row[]> {
  if (keys.length === 0) return []
  const rows = (await db.prepared<Stored>('read_many', READ_MANY, columnsOfKeys(keys))).map(rowOf)
  return sight === 'all' ? rows : seenOf(db, sight, rows)
}

const READ_MANY = `
  select ${STORED} from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  join resource r on r.type = k.type and r.rid = k.rid`

export interface Key {
  type: ResourceType
  rid: bigint
  /** As criteria found it: another version may be none that they match. */
  version?: number | undefined
}

/**
 * Locks the current rows of these resources until the transaction ends, in the order of their keys so that two
 * transactions never wait for each other in a ring. Answers the locked rows, newest versions, and for resources without
 * one the tombstone that history may keep: a resource that comes back goes on counting from there. What has come since it was
 * looked for, or is not the version any more that criteria found, is not locked: the transaction is run again.
 */
export async function lockRows(tx: Queryable, keys: readonly Key[]): Promise<Map<bigint, Row>> {
  const found = new Map<bigint, Row>()
  if (keys.length === 0) return found
  for (const row of await tx.prepared<Stored>('lock_rows', LOCK_ROWS, columnsOfKeys(keys))) {
    found.set(row.rid, rowOf(row))
  }
  if (keys.some(({ rid, version }) => version !== undefined && found.get(rid)?.version !== version))
    throw again('What criteria matched was changed before it could be locked.')
  const absent = keys.filter((key) => !found.has(key.rid))
  if (absent.length === 0) return found
  for (const row of await tx.prepared<Stored>('last_versions', LAST_VERSIONS, columnsOfKeys(absent))) {
    if (row.how !== 'd') throw again('A resource was created while it was looked for.')
    found.set(row.rid, rowOf(row))
  }
  return found
}

const LOCK_ROWS = `
  select ${STORED} from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  join resource r on r.type = k.type and r.rid = k.rid
  order by r.rid for update of r`

// A statement of its own sees what was committed while the one before waited for a lock.
const LAST_VERSIONS = `
  select ${STORED} from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  cross join lateral (select * from history h where h.rid = k.rid order by h.version desc limit 1) r
  union all
  select ${STORED} from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  join resource r on r.type = k.type and r.rid = k.rid`

/** Row keys of those of which there is a version or was one, without a lock. */
export async function heardOf(db: Queryable, keys: readonly Key[]): Promise<Set<bigint>> {
  if (keys.length === 0) return new Set()
  const rows = await db.prepared<{ rid: bigint }>('heard_of', HEARD_OF, columnsOfKeys(keys))
  return new Set(rows.map(({ rid }) => rid))
}

// looked up one by one: the planner would rather read all of a table than believe that there are so few
const HEARD_OF = `
  select k.rid from unnest($1::smallint[], $2::bigint[]) as k(type, rid)
  where coalesce(
    (select true from resource r where r.type = k.type and r.rid = k.rid),
    (select true from history h where h.rid = k.rid limit 1))`

function columnsOfKeys(keys: readonly Key[]): Buffer[] {
  return [int2s(keys.map((key) => typeNumber(key.type))), int8s(keys.map((key) => key.rid))]
}

/** Two ids can share a row key (XXH64): only the one that was asked for is answered. */
export function same(stored: Stored | undefined, type: ResourceType, id: string): Row | undefined {
  return stored && stored.id === id && stored.type === typeNumber(type) ? rowOf(stored) : undefined
}
