import { hash as digest, randomBytes } from 'node:crypto'
import xxhash from 'xxhash-wasm'

/**
 * Ids of messages: UUIDs of version 7 (RFC 9562) that grow within a process even in one millisecond, because the order
 * of a facility's messages is read from them.
 */
export function messageId(now = Date.now()): string {
  if (now > last.time) last = { time: now, count: 0 }
  else if (++last.count > 0xfff) last = { time: last.time + 1, count: 0 }
  const time = last.time.toString(16).padStart(12, '0')
  const random = randomBytes(8)
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x80
  const tail = random.toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${last.count.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`
}

let last = { time: 0, count: 0 }

/** The lowest id that a message of this moment can have: the bound of a partition. */
export function lowestId(time: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

export function isMessageId(text: string): boolean {
  return UUID.test(text)
}

/** A facility's own key of a record, as record_key has it: 128 bits of sha-256, nobody's numbers in it. */
export function keyOf(facility: string, key: string): string {
  const hex = digest('sha256', `${facility}\0${key}`, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const hash = await xxhash()

/** Of what a record says; compared only among versions of one key. */
export function fingerprintOf(fingerprint: string): bigint {
  return BigInt.asIntN(64, hash.h64(fingerprint))
}
