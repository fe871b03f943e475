import type { Readable } from 'node:stream'
import type { Caller, Context } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import { insertAudit, lineOf, reasonGiven, type AuditRow } from '../store/audit.ts'
import type { Sight } from '../store/sight.ts'
import type { Row, Write } from '../store/types.ts'
import type { Asked, Failure, Outcome, Premises } from './asked.ts'
import { Contents } from './contents.ts'
import { auditRow, NOTHING, type Content } from './record.ts'
import { auditedStream } from './stream.ts'
import { BREAK_GLASS } from './tiers.ts'
import type { Notes } from './visit.ts'

/**
 * The notes of one visit, and the rows of the audit that come of them:
 * - what was only read: one row when it leaves, in the journal before the answer leaves. When it cannot be kept there the
 *   visit fails.
 * - what was written: one row in the transaction of the write, so that both are kept or neither. Leaving adds a row only for
 *   what was noted afterwards.
 * - refused and failed: one row in the journal that tells no more than what was asked for.
 */
export class OpenNotes implements Notes {
  readonly #premises: Premises
  readonly #context: Context
  readonly #caller: Caller
  readonly #asked: Asked
  readonly #contents = new Contents()
  /** The row that stands, if its transaction was committed. */
  #written: AuditRow | undefined

  constructor(premises: Premises, context: Context, caller: Caller, asked: Asked) {
    this.#premises = premises
    this.#context = context
    this.#caller = caller
    this.#asked = asked
  }

  /** What is seen from here on may be seen through this. */
  through<T extends Sight>(sight: T): T {
    this.#contents.through(sight)
    return sight
  }

  saw(rows: readonly Row[]): void {
    this.#contents.saw(rows)
  }

  wrote(writes: readonly Write[]): void {
    this.#contents.wrote(writes)
  }

  because(reason: string): void {
    this.#contents.because(reason)
  }

  async inTransaction(tx: Queryable): Promise<void> {
    const content = await explained(tx, this.#caller, await this.#contents.takeIn(tx))
    this.#written = this.#row({ status: statusOfWrite(this.#asked, content) }, content)
    await insertAudit(tx, [this.#written])
  }

  /** Writes the audit of the visit; a read whose audit cannot be kept fails here. Undefined: that is done already. */
  leave(outcome: Outcome): Promise<void> | undefined {
    if ('error' in outcome) return this.#leaveFailed(outcome, outcome.sent ? this.#contents.take() : NOTHING)
    if (this.#written && this.#contents.isEmpty) return undefined
    return this.#leaveShown(outcome, this.#contents.take())
  }

  /** Instead, where the answer is still being read: the audit is written before its end leaves. */
  leaveWith(status: number, answer: Readable): Readable {
    return auditedStream(answer, status, async (outcome) =>
      'error' in outcome ? this.leave(outcome) : this.#leaveStreamed(outcome, this.#contents.take()),
    )
  }

  #leaveShown(outcome: Outcome, content: Content): Promise<void> {
    if (isBroken(content)) return this.#leaveBroken(outcome, content)
    const left = this.#row(outcome, content)
    return isGrave(left) ? this.#insert(left) : this.#keep(left)
  }

  async #leaveBroken(outcome: Outcome, content: Content): Promise<void> {
    const all = await explained(this.#premises.db, this.#caller, content).catch(refuse)
    await this.#insert(this.#row(outcome, all))
  }

  /** All but the end has left: when that cannot be audited as it should be, it is another way. */
  async #leaveStreamed(outcome: Outcome, content: Content): Promise<void> {
    try {
      await this.#leaveShown(outcome, content)
    } catch (error) {
      await this.#leaveFailed({ error, sent: true }, content)
      throw error
    }
  }

  /** Where the failure itself came from the database, it is the one to tell. */
  async #leaveFailed(outcome: Failure, content: Content): Promise<void> {
    const { db, journal, log } = this.#premises
    const { error, sent = false } = outcome
    // rather without the reason than not at all
    const failed = this.#row(outcome, await explained(db, this.#caller, content).catch(() => content))
    // the same id: should the write have been committed after all, its row stands for the visit
    const row = this.#written ? { ...failed, id: this.#written.id } : failed
    try {
      await journal
        .append(lineOf(row))
        .catch((cause: unknown) => (sent ? insertAudit(db, [row]) : Promise.reject(cause)))
    } catch (cause) {
      log.error({ requestId: row.request, code: row.code, status: row.status }, 'a failed visit could not be audited')
      if (error instanceof FhirError && error.status < 500 && error.cause === undefined) refuse(cause)
    }
  }

  #row(outcome: Outcome, content: Content): AuditRow {
    return auditRow(this.#premises, this.#context, this.#caller, this.#asked, outcome, content)
  }

  #insert(row: AuditRow): Promise<void> {
    this.#written = row
    return insertAudit(this.#premises.db, [row]).catch(refuse)
  }

  #keep(row: AuditRow): Promise<void> {
    return this.#premises.journal.append(lineOf(row)).catch(refuse)
  }
}

function isBroken({ tier }: Content): boolean {
  return (tier & BREAK_GLASS) !== 0
}

/** With the reason that was given when the glass was broken. */
async function explained(db: Queryable, caller: Caller, content: Content): Promise<Content> {
  if (!isBroken(content) || content.reason !== undefined) return content
  return { ...content, reason: await reasonGiven(db, caller.id, [...content.patients.keys()], Date.now()) }
}

/** Waits for the table: what changed something, and what has to do with breaking the glass. */
function isGrave({ written, reason }: AuditRow): boolean {
  return written !== null || reason !== null
}

/** The answer is not known yet when the write is audited; of a success this much is. */
function statusOfWrite({ code }: Asked, { written }: Content): number {
  if (code === 'delete') return 204
  return written['create'] && (code === 'create' || code === 'update') ? 201 : 200
}

function refuse(cause: unknown): never {
  throw new FhirError('unavailable', 'The visit cannot be audited, so it is not answered.', { cause })
}
