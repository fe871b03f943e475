import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** RFC 6750, 2.1; empty when there is none. */
export function bearerOf(req: IncomingMessage): string {
  return /^Bearer +([\w\-.~+/]+=*)$/i.exec(req.headers.authorization ?? '')?.[1] ?? ''
}

/** Takes as long whatever is given. */
export function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
