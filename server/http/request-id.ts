import type { IncomingMessage } from 'node:http'

const processPart = Math.random().toString(36).slice(2, 8)
let count = 0

/** The client's own X-Request-Id where it is one that may stand in a log; else one of ours. */
export function requestIdOf(req: IncomingMessage): string {
  const given = req.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : `${processPart}-${(++count).toString(36)}`
}
