import type { Caller, Context } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import { insertAudit, lineOf, reasonGiven, type AuditRow } from '../store/audit.ts'
import type { Sight } from '../store/sight.ts'
import type { Asked, Outcome, Premises } from './asked.ts'
import { Contents } from './contents.ts'
import { auditRow, NOTHING, type Content } from './record.ts'
import { BREAK_GLASS } from './tiers.ts'
import type { Notes } from './visit.ts'

export interface OpenNotes {
  readonly notes: Notes
  /** What is seen from here on may be seen through this. */
  readonly through: (sight: Sight) => void
  readonly leave: (outcome: Outcome) => Promise<void>
}

/**
 * The notes of one visit, and the rows of the audit that come of them:
 * - what was only read: one row when it leaves, in the journal before the answer leaves. When it cannot be kept there the
 *   visit fails.
 * - what was written: one row in the transaction of the write, so that both are kept or neither. Leaving adds a row only for
 *   what was noted afterwards.
 * - refused and failed: one row in the journal that tells no more than what was asked for.
 */
export function openNotes(premises: Premises, context: Context, caller: Caller, asked: Asked): OpenNotes {
  const contents = new Contents()
  const row = (outcome: Outcome, content: Content) => auditRow(premises, context, caller, asked, outcome, content)
  /** The row that stands, if its transaction was committed. */
  let written: AuditRow | undefined
  const notes: Notes = {
    saw: (rows) => contents.saw(rows),
    wrote: (writes) => contents.wrote(writes),
    because: (reason) => contents.because(reason),
    async inTransaction(tx) {
      const content = await explained(tx, caller, await contents.takeIn(tx))
      written = row({ status: statusOfWrite(asked, content) }, content)
      await insertAudit(tx, [written])
    },
  }
  const leave = async (outcome: Outcome): Promise<void> => {
    if ('error' in outcome) {
      const failed = row(outcome, outcome.sent ? await explained(premises.db, caller, contents.take()) : NOTHING)
      // the same id: should the write have been committed after all, its row stands for the visit
      return writeFailure(premises, written ? { ...failed, id: written.id } : failed, outcome.error)
    }
    if (written && contents.isEmpty) return
    const content = contents.take()
    const left = row(outcome, await explained(premises.db, caller, content).catch(refuse))
    if (isGrave(left)) return insertAudit(premises.db, [left]).catch(refuse)
    keep(premises, left)
  }
  return { notes, through: (sight) => contents.through(sight), leave }
}

function keep({ journal }: Premises, row: AuditRow): void {
  try {
    journal.append(lineOf(row))
  } catch (error) {
    refuse(error)
  }
}

/** With the reason that was given when the glass was broken. */
async function explained(db: Queryable, caller: Caller, content: Content): Promise<Content> {
  if ((content.tier & BREAK_GLASS) === 0 || content.reason !== undefined) return content
  return { ...content, reason: await reasonGiven(db, caller.id, [...content.patients.keys()], Date.now()) }
}

/** Waits for the table: what changed something, and what was seen by breaking the glass. */
function isGrave({ written, tier, reason }: AuditRow): boolean {
  return written !== null || reason !== null || (tier & BREAK_GLASS) !== 0
}

/** The answer is not known yet when the write is audited; of a success this much is. */
function statusOfWrite({ code }: Asked, { written }: Content): number {
  if (code === 'delete') return 204
  return written['create'] && (code === 'create' || code === 'update') ? 201 : 200
}

function refuse(cause: unknown): never {
  throw new FhirError('unavailable', 'The visit cannot be audited, so it is not answered.', { cause })
}

/** Where the failure itself came from the database, it is the one to tell. */
function writeFailure({ journal, log }: Premises, row: AuditRow, error: unknown): void {
  try {
    journal.append(lineOf(row))
  } catch (cause) {
    log.error({ requestId: row.request, code: row.code, status: row.status }, 'a failed visit could not be audited')
    if (error instanceof FhirError && error.status < 500 && error.cause === undefined) refuse(cause)
  }
}
