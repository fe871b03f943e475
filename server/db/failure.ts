import { FhirError } from '../errors.ts'

/** What PostgreSQL said, without the values it quotes (`detail`, and the message of data errors): they would end in logs. */
export class StatementFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly table: string | undefined,
    readonly constraint: string | undefined,
  ) {
    super(message)
  }
}

const retryable = new Set(['40001', '40P01', '23505'])

/** To throw where what a transaction has read no longer holds together: it is run again from its start. */
export function again(why: string): StatementFailure {
  return new StatementFailure('40001', why, undefined, undefined)
}

/** Would the same transaction, run again, likely succeed? Looks through errors wrapped around PostgreSQL's own. */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error)
  if (code !== undefined && retryable.has(code)) return true
  return error instanceof Error && error.cause !== undefined && isRetryable(error.cause)
}

/** Refused because a statement before it in the same transaction failed. */
export function isAftermath(error: unknown): boolean {
  return codeOf(error) === '25P02'
}

/** Whether the values that were given will never do (SQLSTATE 22, and a column left out), or else it is the database. */
export function isOfValues(error: unknown): boolean {
  const code = error instanceof StatementFailure ? error.code : codeOf(error)
  if (code !== undefined) return code.startsWith('22') || code === '23502'
  return error instanceof Error && error.cause !== undefined && isOfValues(error.cause)
}

/** An error of `pg` → the refusal the caller gets. A FhirError passes through. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof FhirError) return error
  const code = codeOf(error)
  if (code === undefined) return lost(error)
  const cause = withoutValues(error as PgError, code)
  if (code === '57014') return new FhirError('too-costly', 'The request took longer than the server allows.', { cause })
  if (retryable.has(code))
    return new FhirError('conflict', 'Other writers changed the same resources at once.', { cause })
  if (code === '22021' || code === '22P05')
    return new FhirError('invalid', 'A text holds a character that cannot be stored, such as NUL.', { cause })
  if (isAway(code)) return new FhirError('unavailable', 'The database cannot answer at the moment.', { cause })
  return new FhirError('broken', 'The database refused a statement.', { cause })
}

/** The connection broke, PostgreSQL stops or starts, is full, or is a standby by now: another try later may work. */
function isAway(code: string): boolean {
  return /^(08|53|57P|58|25P0[34]|25006|55P03)/.test(code)
}

/** `pg` itself and sockets raise errors without a SQLSTATE: the connection is gone, or there never was one. */
function lost(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const byPg =
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|Cannot use a pool after)/
  const bySocket = 'syscall' in error || ('errors' in error && 'code' in error)
  if (!bySocket && !byPg.test(error.message)) return error
  return new FhirError('unavailable', 'The database cannot be reached at the moment.', { cause: error })
}

interface PgError extends Error {
  code: string
  table?: string
  constraint?: string
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  return /^[0-9A-Z]{5}$/.test(error.code) && !('syscall' in error) ? error.code : undefined
}

function withoutValues(error: PgError, code: string): StatementFailure {
  const message = /^2[23]/.test(code) ? `PostgreSQL ${code}` : `PostgreSQL ${code}: ${error.message}`
  return new StatementFailure(code, message, error.table, error.constraint)
}
