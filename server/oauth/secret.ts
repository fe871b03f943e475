import { hash, randomBytes } from 'node:crypto'

/** 256 random bits: of what is drawn like this, a plain hash gives nothing away. */
export function draw(): string {
  return randomBytes(32).toString('base64url')
}

/** What the database keeps of a token, a cookie or a client secret. */
export function fingerprint(secret: string): string {
  return hash('sha256', secret, 'base64url')
}
