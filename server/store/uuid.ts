import { randomFillSync } from 'node:crypto'

/**
 * Time-ordered UUIDs (version 7, RFC 9562): new rows of the id index land side by side, so it stays small and warm.
 * The random digits come from one pool, refilled rarely: a bundle takes thousands at once.
 */
export function uuid7(): string {
  if (used + DIGITS > pool.length) {
    pool = randomFillSync(bytes).toString('hex')
    used = 0
  }
  const at = used
  used += DIGITS
  const time = Date.now().toString(16).padStart(12, '0')
  const variant = VARIANT[Number.parseInt(pool.charAt(at + 3), 16) & 3] ?? '8'
  return `${time.slice(0, 8)}-${time.slice(8)}-7${pool.slice(at, at + 3)}-${variant}${pool.slice(at + 4, at + 7)}-${pool.slice(at + 7, at + DIGITS)}`
}

const VARIANT = ['8', '9', 'a', 'b']
/** 3, the variant's, 3 and 12. */
const DIGITS = 19
const bytes = Buffer.alloc(10 * 1024)
let pool = ''
let used = 0
