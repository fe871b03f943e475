import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { byteas, texts } from '../store/binary.ts'
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
  const messages = batch.map(({ message }) => message)
  const bytes = byteas(messages.map((message) => message.bytes ?? Buffer.alloc(0)))
  const ids = texts(messages.map(({ id }) => id))
  const lanes = texts(messages.map(({ lane }) => lane))
  return house.db.transaction(async (tx) => {
    const [found] = await Promise.all([
      insertMessages(tx, messages),
      tx.rows(sql`
        insert into message_part (message, part, bytes)
        select id::uuid, 0, bytes from unnest(${ids}::text[], ${bytes}::bytea[]) as t(id, bytes)`),
      tx.rows(sql`
        insert into job (kind, lane, payload)
        select 'message', lane, jsonb_build_object('message', id)
        from unnest(${ids}::text[], ${lanes}::text[]) with ordinality as t(id, lane, place) order by place`),
    ])
    return found
  })
}

/** Answers for each the earlier message of the same bytes. */
export async function insertMessages(tx: Queryable, messages: readonly NewMessage[]): Promise<(string | null)[]> {
  const rows = messages.map(({ bytes: _bytes, sha256, ...row }) => ({ ...row, sha256: sha256.toString('hex') }))
  const found = await tx.rows<{ duplicateOf: string | null }>(sql`
    with given as materialized (
      select (j->>'id')::uuid as id, j->>'facility' as facility, j->>'via' as via, j->>'filename' as filename,
             j->>'contentType' as content_type, j->>'controlId' as control_id, j->>'lane' as lane,
             (j->>'size')::bigint as size, decode(j->>'sha256', 'hex') as sha256, (j->>'masked')::boolean as masked, place
      from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as t(j, place)
    ),
    written as (
      insert into message (id, facility, arrived, via, filename, content_type, control_id, lane, size, sha256, masked, state)
      select id, facility, clock_timestamp(), via, filename, content_type, control_id, lane, size, sha256, masked, 'queued'
      from given
    )
    select (select m.id from message m where m.sha256 = g.sha256 and m.facility = g.facility order by m.id limit 1)
             as "duplicateOf"
    from given g order by place`)
  return found.map(({ duplicateOf }) => duplicateOf)
}
