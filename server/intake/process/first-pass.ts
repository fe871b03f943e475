import { FileStop, issue, type Issue } from '../../../mappers/issues.ts'
import type { MappedRecord, Mapped } from '../../../mappers/mapping.ts'
import type { Intake } from '../intake.ts'
import { bytesOf } from '../message.ts'
import type { Run } from './item.ts'
import { Stopped } from './stopped.ts'
import { unsound } from './write.ts'

/** A message of at most so many bytes is mapped once, its records kept; a larger one is read twice. */
export const ONCE = 128 * 1024

/** Fewer refused rows never hold a file, whatever the percentage: a clinic's file may have ten rows. */
const LEAST = 3

/** Refused rows of a held file that are kept with their findings. */
const SHOWN = 10_000

/** What reading all of a message came to, before anything is written. */
export interface Looked {
  /** All of them, when the message is small. */
  readonly records: readonly MappedRecord[] | undefined
  readonly total: number
  readonly refused: readonly Pick<MappedRecord, 'number' | 'line' | 'issues'>[]
  /** Numbers of the records whose resources break FHIR. */
  readonly unsound: ReadonlySet<number>
  readonly issues: readonly Issue[]
  /** Why nothing of it may be written. */
  readonly stop: Issue | undefined
}

export function mapped(intake: Intake, { message, mapping }: Pick<Run, 'message' | 'mapping'>, bytes?: Buffer): Mapped {
  return mapping.map(bytes ? [bytes] : bytesOf(intake.house.db, message.id), {
    receivedAt: message.arrived,
    ...(message.filename !== null && { filename: message.filename }),
    ...(message.contentType !== null && { contentType: message.contentType }),
  })
}

/** Reads all of a message, to know whether it may be written at all: memory stays that of a batch when it is large. */
export async function look(
  intake: Intake,
  run: Run,
  bytes: Buffer | undefined,
  stopping: () => boolean,
): Promise<Looked> {
  const { maxBytes } = run.mapping.limits
  if (run.message.size > maxBytes) {
    const stop = issue('LIMIT_SIZE', { detail: `The facility’s limits.maxBytes is ${maxBytes}.` })
    return { records: undefined, total: 0, refused: [], unsound: new Set(), issues: [], stop }
  }
  const small = run.message.size <= ONCE
  const records: MappedRecord[] = []
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
        if (small) records.push(record)
        if (record.state === 'ignored') ignored++
        if (record.state !== 'quarantined') continue
        bad++
        if (refused.length < SHOWN) refused.push(record)
      }
      if (!small && stopping()) throw new Stopped()
      await breath()
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    stop = error.issue
  }
  const tooMany = bad >= LEAST && bad * 100 > run.mapping.limits.rejectPct * (total - ignored)
  if (!stop && tooMany && !run.message.released) {
    stop = issue('BATCH_HELD', { detail: `${bad} of ${total - ignored} were refused.` })
  }
  return { records: small ? records : undefined, total, refused, unsound: broken, issues: source.issues, stop }
}

/** A record whose resources break FHIR is refused like one that cannot be read. */
export function checked(intake: Intake, record: MappedRecord): MappedRecord {
  if (record.state !== 'mapped') return record
  const faults = unsound(intake, record)
  return faults.length === 0 ? record : { ...record, state: 'quarantined', issues: [...record.issues, ...faults] }
}

/** The same of a record read a second time, without judging what is known to be sound: equal bytes make equal records. */
export function checkedAgain(intake: Intake, record: MappedRecord, { unsound: broken }: Looked): MappedRecord {
  return broken.has(record.number) ? checked(intake, record) : record
}

/** Others get their turn: mapping is work without a pause. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
