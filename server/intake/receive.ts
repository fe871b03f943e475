import { createHash, type Hash } from 'node:crypto'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { maskAadhaar } from '../fhir/rules/aadhaar.ts'
import { findFacility } from './catalog.ts'
import type { Masked } from './chunks.ts'
import { controlIdOf } from './control-id.ts'
import { arrives } from './giving-way.ts'
import { commitTogether, type NewMessage } from './group-commit.ts'
import { messageId } from './ids.ts'
import type { Intake } from './intake.ts'
import { checkQuota } from './quota.ts'
import { kept as keptOf } from './kept.ts'

export interface Received {
  /** Slug or HFR id. */
  readonly facility: string
  readonly via: string
  readonly filename?: string
  readonly contentType?: string
  /** The sender's own id of the message (MSH-10); found by itself in a single HL7 message. */
  readonly controlId?: string
  /** What must stay in order; the facility when unset. */
  readonly lane?: string
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface Receipt {
  readonly message: string
  /** The same bytes came before, in this message. */
  readonly duplicateOf?: string
}

/**
 * Takes what a facility sends. When it answers, bytes, sha-256 and the job that will process them are committed; when it
 * throws, nothing was acknowledged and nothing will be processed. Small messages that arrive together share one commit.
 */
export async function receive(intake: Intake, given: Received): Promise<Receipt> {
  const facility = findFacility(intake.catalog, given.facility)
  if (!facility) throw new FhirError('not-found', 'There is no such facility.')
  arrives(intake)
  await checkQuota(intake, facility.slug)
  const tally: Tally = { hash: createHash('sha256'), size: 0 }
  const id = messageId()
  const kept = keptOf(counted(given.bytes, tally, intake.limits.messageBytes))[Symbol.asyncIterator]()
  const first = await kept.next()
  if (first.done) throw new FhirError('invalid', [{ message: 'There is nothing in the message.', hint: 'Send bytes.' }])
  const second = await kept.next()
  let { masked } = first.value
  if (!second.done) {
    await insertPart(intake, id, 0, first.value)
    let part = 1
    let next: IteratorResult<Masked, unknown> = second
    while (!next.done) {
      masked ||= next.value.masked
      await insertPart(intake, id, part++, next.value)
      next = await kept.next()
    }
  }
  const message: NewMessage = {
    id,
    facility: facility.slug,
    via: given.via,
    filename: given.filename === undefined ? null : maskAadhaar(plain(given.filename)),
    contentType: given.contentType === undefined ? null : plain(given.contentType),
    controlId: plain(given.controlId ?? (second.done ? controlIdOf(first.value.bytes) : undefined) ?? '') || null,
    lane: given.lane ?? facility.slug,
    size: tally.size,
    sha256: tally.hash.digest(),
    masked,
    bytes: second.done ? first.value.bytes : undefined,
  }
  // The parts of a large one are there already; without the message that names them they are nobody's, and are swept away.
  const duplicateOf = await commitTogether(intake, message)
  intake.wake()
  return { message: id, ...(duplicateOf !== undefined && { duplicateOf }) }
}

/** What PostgreSQL can hold, and a page can show. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Surrogate}]/gu, '').slice(0, 255)
}

interface Tally {
  readonly hash: Hash
  size: number
}

async function* counted(bytes: AsyncIterable<Uint8Array>, tally: Tally, limit: number): AsyncIterable<Uint8Array> {
  for await (const chunk of bytes) {
    tally.size += chunk.length
    if (tally.size > limit) throw new FhirError('too-large', `The message has more than ${limit >> 20} MB.`)
    tally.hash.update(chunk)
    yield chunk
  }
}

async function insertPart({ house }: Intake, id: string, part: number, { bytes }: Masked): Promise<void> {
  await house.db.rows(sql`insert into message_part (message, part, bytes) values (${id}, ${part}, ${bytes})`)
}
