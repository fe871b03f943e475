import type { Issue } from '../../mappers/issues.ts'
import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import { sql, type Sql } from '../db/sql.ts'
import { isMessageId } from './ids.ts'
import type { Counts } from './outcomes.ts'

/** What a facility sent, as a row: its bytes are in message_part. */
export interface Message {
  readonly id: string
  readonly facility: string
  readonly arrived: Date
  readonly via: string
  readonly filename: string | null
  readonly contentType: string | null
  readonly controlId: string | null
  readonly lane: string
  readonly size: number
  readonly sha256: Buffer
  readonly masked: boolean
  readonly state: MessageState
  readonly mapping: number | null
  readonly total: number
  readonly counts: Counts
  readonly issues: readonly Issue[]
  readonly released: boolean
  readonly duplicateOf: string | null
}

export type MessageState = 'queued' | 'working' | 'done' | 'held'

const COLUMNS = sql`
  id, facility, arrived, via, filename, content_type as "contentType", control_id as "controlId", lane,
  size::float8 as size, sha256, masked, state, mapping, total, counts, issues, released, duplicate_of as "duplicateOf"`

export async function readMessages(db: Queryable, ids: readonly string[]): Promise<Map<string, Message>> {
  const rows = await db.rows<Message>(sql`select ${COLUMNS} from message where id = any (${ids}::uuid[])`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** A facility's message; 404 for any other. */
export async function findMessage(db: Queryable, facility: string, id: string): Promise<Message> {
  const message = isMessageId(id) ? (await readMessages(db, [id])).get(id) : undefined
  if (message?.facility === facility) return message
  throw new FhirError('not-found', [
    { message: 'The facility has sent no such message.', hint: 'Use the id that the intake answered.' },
  ])
}

export interface Listing {
  readonly state?: string
  /** Older than this message. */
  readonly before?: string
  readonly limit: number
}

export async function listMessages(
  db: Queryable,
  facility: string,
  { state, before, limit }: Listing,
): Promise<Message[]> {
  if (before !== undefined && !isMessageId(before))
    throw new FhirError('invalid', [
      { message: '`before` is not the id of a message', hint: 'Send the last id of a list.' },
    ])
  const conditions: Sql = sql`
    ${state === undefined ? sql`` : sql`and state = ${state}`} ${before === undefined ? sql`` : sql`and id < ${before}`}`
  return db.rows<Message>(sql`
    select ${COLUMNS} from message where facility = ${facility} ${conditions} order by id desc limit ${limit}`)
}

/** Its bytes as they are kept, a piece at a time. */
export async function* bytesOf(db: Queryable, id: string): AsyncIterable<Buffer> {
  for (let part = 0; ; part++) {
    const [row] = await db.rows<{ bytes: Buffer }>(sql`
      select bytes from message_part where message = ${id} and part = ${part}`)
    if (!row) return
    yield row.bytes
  }
}

/** Whether they are still kept. */
export async function hasBytes(db: Queryable, id: string): Promise<boolean> {
  const rows = await db.rows(sql`select from message_part where message = ${id} and part = 0`)
  return rows.length > 0
}

/** The bytes of many small messages at once: those of one piece. */
export async function smallBytes(db: Queryable, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const rows = await db.rows<{ message: string; bytes: Buffer }>(sql`
    select message, bytes from message_part where message = any (${ids}::uuid[]) and part = 0`)
  return new Map(rows.map((row) => [row.message, row.bytes]))
}
