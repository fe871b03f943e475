import { FileStop, issue, type Issue } from '../../../mappers/issues.ts'
import { tooManyRefused, type Mapped, type MappedRecord } from '../../../mappers/mapping.ts'
import type { Intake } from '../intake.ts'
import { bytesOf } from '../message.ts'
import type { Run } from './item.ts'
import { Shelf } from './shelf.ts'
import { Stopped } from './stopped.ts'
import { unsound } from './write.ts'

/** Of a message of at most so many bytes every record is kept; a larger one is read twice. */
const ONCE = 128 * 1024

/** Refused rows of a held file that are kept with their findings. */
const SHOWN = 10_000

/** What reading all of a message came to, before anything is written. */
export interface Looked {
  /** Of the records, as many as there was room for. */
  readonly shelf: Shelf
  /** All of them: the message is small. */
  readonly whole: boolean
  readonly total: number
  readonly refused: readonly Pick<MappedRecord, 'number' | 'line' | 'issues'>[]
  /** Numbers of the records whose resources break FHIR. */
  readonly unsound: ReadonlySet<number>
  readonly issues: readonly Issue[]
  /** Why nothing of it may be written. */
  readonly stop: Issue | undefined
}

export function mapped(
  intake: Intake,
  { message, mapping }: Pick<Run, 'message' | 'mapping'>,
  bytes?: Buffer,
  behind = 0,
): Mapped {
  return mapping.map(bytes ? [bytes] : bytesOf(intake.house.db, message.id), {
    receivedAt: message.arrived,
    behind,
    ...(message.filename !== null && { filename: message.filename }),
    ...(message.contentType !== null && { contentType: message.contentType }),
  })
}

/** Reads all of a message, to know whether it may be written at all: memory stays that of some batches when it is large. */
export async function look(
  intake: Intake,
  run: Run,
  bytes: Buffer | undefined,
  stopping: () => boolean,
): Promise<Looked> {
  const { maxBytes } = run.mapping.limits
  const whole = run.message.size <= ONCE
  const shelf = new Shelf(intake, run.upTo, whole)
  if (run.message.size > maxBytes) {
    const stop = issue('LIMIT_SIZE', { detail: `The facility’s limits.maxBytes is ${maxBytes}.` })
    return { shelf, whole, total: 0, refused: [], unsound: new Set(), issues: [], stop }
  }
  const refused: Pick<MappedRecord, 'number' | 'line' | 'issues'>[] = []
  const broken = new Set<number>()
  let [total, bad, ignored] = [0, 0, 0]
  const source = mapped(intake, run, bytes)
  let stop: Issue | undefined
  try {
    for await (const batch of source.records) {
      for (const given of batch) {
        const record = checked(intake, given)
        if (record !== given) broken.add(record.number)
        total = Math.max(total, record.number)
        shelf.put(record)
        if (record.state === 'ignored') ignored++
        if (record.state !== 'quarantined') continue
        bad++
        if (refused.length < SHOWN) refused.push(record)
      }
      if (!whole && stopping()) throw new Stopped()
      await breath()
    }
  } catch (error) {
    if (!(error instanceof FileStop)) {
      shelf.clear()
      throw error
    }
    stop = error.issue
  }
  const tooMany = tooManyRefused(bad, total - ignored, run.mapping.limits)
  if (!stop && tooMany && !run.message.released) {
    stop = issue('BATCH_HELD', { detail: `${bad} of ${total - ignored} were refused.` })
  }
  return { shelf, whole, total, refused, unsound: broken, issues: source.issues, stop }
}

/** A record whose resources break FHIR is refused like one that cannot be read. */
export function checked(intake: Intake, record: MappedRecord): MappedRecord {
  if (record.state !== 'mapped') return record
  const faults = unsound(intake, record)
  return faults.length === 0 ? record : { ...record, state: 'quarantined', issues: [...record.issues, ...faults] }
}

/**
 * The records once more, behind those that were written before: first what lies on the shelf, then what is mapped again.
 * What is known to be sound is not judged again: equal bytes make equal records.
 */
export async function* recordsAgain(
  intake: Intake,
  run: Run,
  { shelf, total, unsound: broken }: Looked,
  bytes?: Buffer,
): AsyncGenerator<readonly MappedRecord[]> {
  const { upTo } = shelf
  yield* shelf.take()
  if (upTo >= total) return
  for await (const batch of mapped(intake, run, bytes, upTo).records)
    yield batch.map((record) => (broken.has(record.number) ? checked(intake, record) : record))
}

/** Others get their turn: mapping is work without a pause. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
