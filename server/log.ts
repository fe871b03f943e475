import pino from 'pino'

export type Log = pino.Logger

/** Structured logs, one JSON line each. Log ids of requests, types, counts and times: never a name, a body or a query. */
export function makeLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'message' })
}
