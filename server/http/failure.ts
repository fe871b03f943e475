import type { Context } from '../context.ts'
import { FhirError } from '../errors.ts'
import { codeOf, framesOf, type Log } from '../log.ts'

/**
 * Whatever was thrown → the refusal the client reads. What is our fault is logged here, once, and told outside only by
 * its request id.
 */
export function refusalOf(error: unknown, context: Pick<Context, 'requestId'>, log: Log): FhirError {
  const { requestId } = context
  if (error instanceof FhirError && error.refusal !== 'broken') {
    if (error.refusal === 'unavailable' && error.cause) log.warn({ requestId, ...trace(error.cause) }, 'unavailable')
    return error
  }
  log.error(
    { requestId, ...trace(error), ...(error instanceof FhirError && { cause: trace(error.cause) }) },
    'a request failed',
  )
  return new FhirError('broken', `The server failed on request ${requestId}.`)
}

/**
 * Name, code and stack. Not the message, except of our own FhirErrors and of StatementFailure (db/failure.ts), which
 * hold no values: those of parsers and libraries quote what they choked on.
 */
function trace(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: typeof error }
  const own = error instanceof FhirError || error.constructor.name === 'StatementFailure'
  return {
    error: error.constructor.name,
    ...(own && { what: error.message }),
    ...codeOf(error),
    stack: framesOf(error),
  }
}
