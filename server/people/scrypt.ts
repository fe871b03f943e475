import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { FhirError } from '../errors.ts'

/**
 * Passwords as scrypt hashes (OWASP Password Storage Cheat Sheet: N=2^17, r=8, p=1), `scrypt$17$8$1$salt$hash`: what a
 * hash cost stands with it, so that the cost can grow.
 */
export interface Cost {
  /** Binary logarithm of N. */
  readonly ln: number
  readonly r: number
  readonly p: number
}

export const usualCost: Cost = { ln: 17, r: 8, p: 1 }

export async function hashPassword(password: string, cost: Cost): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, cost)
  return ['scrypt', cost.ln, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join('$')
}

/** Without a stored one, as long as with one, and false. */
export async function isPassword(password: string, stored: string | undefined, cost: Cost): Promise<boolean> {
  const kept = stored === undefined ? undefined : readHash(stored)
  const hash = await derive(password, kept?.salt ?? Buffer.alloc(16), kept?.cost ?? cost)
  return timingSafeEqual(hash, kept?.hash ?? Buffer.alloc(LENGTH)) && kept !== undefined
}

/** Made at another cost: to be hashed anew when the password is at hand. */
export function isStale(stored: string, { ln, r, p }: Cost): boolean {
  return !stored.startsWith(`scrypt$${ln}$${r}$${p}$`)
}

function readHash(stored: string): { cost: Cost; salt: Buffer; hash: Buffer } | undefined {
  const [, ln, r, p, salt = '', text = ''] = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored) ?? []
  const hash = Buffer.from(text, 'base64url')
  if (hash.length !== LENGTH) return undefined
  return { cost: { ln: Number(ln), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64url'), hash }
}

const LENGTH = 32

/** A hash takes 128 MB: so many at once, so many waiting, and whoever comes then is sent away for a moment. */
const AT_ONCE = 2
const WAITING = 40

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (running >= AT_ONCE) {
    if (waiting.length >= WAITING) throw new FhirError('unavailable', 'Too many people are logging in at this moment.')
    await new Promise<void>((go) => waiting.push(go))
  } else running++
  try {
    return await scryptOf(password.normalize('NFKC'), salt, cost)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

function scryptOf(password: string, salt: Buffer, { ln, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** ln
  const options = { N, r, p, maxmem: 128 * N * r + 128 * r * p + 2 ** 20 }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, LENGTH, options, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
