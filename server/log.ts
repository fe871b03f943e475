import pino from 'pino'

export type Log = pino.Logger

/**
 * Structured logs, one JSON line each. Log ids of requests, types, counts and times: never a name, a body or a query.
 * Below that a net: of an error only its kind and where it was thrown, nothing under a name that holds secrets or
 * requests, and no line with what looks like a token, a number of a person or a query.
 */
export function makeLog(level: string, destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    messageKey: 'message',
    redact: { paths: hidden.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
    formatters: { log: withoutErrors },
    hooks: { streamWrite: scrub },
  }
  return destination ? pino(options, destination) : pino(options)
}

const hidden = `authorization cookie headers body query url req res params parameters detail
   token access_token refresh_token id_token client_assertion code_verifier secret password
   otp mobile phone abha name family given birthDate resource patient`.split(/\s+/)

function withoutErrors(line: Record<string, unknown>): Record<string, unknown> {
  const errors = Object.entries(line).filter(([, value]) => value instanceof Error)
  if (errors.length === 0) return line
  return { ...line, ...Object.fromEntries(errors.map(([key, error]) => [key, errorOf(error as Error)])) }
}

/** Without the message: those of parsers, of the database and of libraries quote what they choked on. */
function errorOf(error: Error): object {
  return { error: error.constructor.name, ...codeOf(error), stack: framesOf(error) }
}

/** Of Node or PostgreSQL (`ECONNRESET`, `23505`), not what somebody else calls one. */
export function codeOf(error: Error): { code?: string } {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return /^[A-Z\d_]{2,40}$/.test(code) ? { code } : {}
}

/** The places of a stack, without the message above them. */
export function framesOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const lines = error.stack?.split('\n') ?? []
  return lines.filter((line) => /^\s+at /.test(line)).join('\n')
}

/** A JSON number is no number of a person: those stand in strings. */
const revealing: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{8,}(\.[\w-]*)+/g, '[token]'],
  [/\b(Bearer|Basic) +[\w\-.~+/]{8,}=*/gi, '$1 [token]'],
  [/\?[\w.:%$-]+=[^\s"\\]*/g, '?[query]'],
  [/(?<![\w.:,[-])\d{2}-?\d{4}-?\d{4}-?\d{4}(?![\w-])/g, '[number]'],
  [/(?<![\w.:,[-])(\+?91[ -]?)?[6-9]\d{9}(?![\w-])/g, '[number]'],
  [/[\w.+%-]+@(abdm|sbx|[a-z][\w-]*(\.[a-z][\w-]*)+)\b/gi, '[address]'],
]

function scrub(line: string): string {
  let clean = line
  for (const [pattern, instead] of revealing) clean = clean.replace(pattern, instead)
  return clean
}
