import type { Queryable } from '../db/database.ts'
import { byteas, int2s, texts, wholes } from '../store/binary.ts'
import type { Intake } from './intake.ts'

/** A message about to be committed; without bytes its parts are in the table already. */
export interface NewMessage {
  readonly id: string
  readonly facility: string
  readonly via: string
  readonly filename: string | null
  readonly contentType: string | null
  readonly controlId: string | null
  readonly lane: string
  readonly size: number
  readonly sha256: Buffer
  readonly masked: boolean
  readonly bytes: Buffer | undefined
}

interface Waiting {
  readonly message: NewMessage
  readonly resolve: (duplicateOf: string | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Bytes that travel in one commit. */
const TOGETHER = 4 * 1024 * 1024

const queues = new WeakMap<Intake, { waiting: Waiting[]; busy: boolean }>()

/**
 * While one commit is under way, those who come wait and then go together in the next: each waits for two at most, and a
 * disk that syncs a hundred times a second still takes thousands of messages. Answers the earlier message of the same
 * bytes, if there is one.
 */
export function commitTogether(intake: Intake, message: NewMessage): Promise<string | undefined> {
  const queue = queues.get(intake) ?? { waiting: [], busy: false }
  queues.set(intake, queue)
  return new Promise((resolve, reject) => {
    queue.waiting.push({ message, resolve, reject })
    if (!queue.busy) void drain(intake, queue)
  })
}

async function drain(intake: Intake, queue: { waiting: Waiting[]; busy: boolean }): Promise<void> {
  queue.busy = true
  while (queue.waiting.length > 0) {
    const batch = take(queue.waiting)
    try {
      const found = await commit(intake, batch)
      batch.forEach(({ resolve }, i) => resolve(found[i] ?? undefined))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
  queue.busy = false
}

function take(waiting: Waiting[]): Waiting[] {
  let bytes = 0
  const end = waiting.findIndex(({ message }, i) => (bytes += message.bytes?.length ?? 0) > TOGETHER && i > 0)
  return waiting.splice(0, end < 0 ? waiting.length : end)
}

async function commit({ house }: Intake, batch: readonly Waiting[]): Promise<(string | null)[]> {
  return insertMessages(
    house.db,
    batch.map(({ message }) => message),
  )
}

/**
 * Messages, their bytes and the jobs that will process them: one statement, so that it is a transaction by itself and
 * takes one round trip. Answers for each the earlier message of the same bytes.
 */
async function insertMessages(db: Queryable, messages: readonly NewMessage[]): Promise<(string | null)[]> {
  const column = (of: (message: NewMessage) => string | null) => texts(messages.map((message) => of(message) ?? ''))
  const found = await db.prepared<{ duplicateOf: string | null }>('insert_messages', INSERT, [
    column(({ id }) => id),
    column(({ facility }) => facility),
    column(({ via }) => via),
    column(({ filename }) => filename),
    column(({ contentType }) => contentType),
    column(({ controlId }) => controlId),
    column(({ lane }) => lane),
    wholes(messages.map(({ size }) => size)),
    byteas(messages.map(({ sha256 }) => sha256)),
    int2s(messages.map(({ masked }) => Number(masked))),
    byteas(messages.map(({ bytes }) => bytes ?? NOTHING)),
  ])
  return found.map(({ duplicateOf }) => duplicateOf)
}

/** No message is empty: its bytes are in the table already. */
const NOTHING = Buffer.alloc(0)

const INSERT = `
  with given as materialized (
    select id::uuid as id, facility, via, nullif(filename, '') as filename, nullif(content_type, '') as content_type,
           nullif(control_id, '') as control_id, lane, size, sha256, masked = 1 as masked, bytes, place
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
                $9::bytea[], $10::smallint[], $11::bytea[]) with ordinality
           as t(id, facility, via, filename, content_type, control_id, lane, size, sha256, masked, bytes, place)
  ),
  messages as (
    insert into message (id, facility, arrived, via, filename, content_type, control_id, lane, size, sha256, masked, state)
    select id, facility, clock_timestamp(), via, filename, content_type, control_id, lane, size, sha256, masked, 'queued'
    from given
  ),
  parts as (insert into message_part (message, part, bytes) select id, 0, bytes from given where bytes <> ''),
  jobs as (
    insert into job (kind, lane, payload)
    select 'message', lane, jsonb_build_object('message', id) from given order by place
  )
  select (select m.id from message m where m.sha256 = g.sha256 and m.facility = g.facility order by m.id limit 1)
           as "duplicateOf"
  from given g order by place`
