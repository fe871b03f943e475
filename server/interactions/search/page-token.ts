import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { Actor } from '../../context.ts'
import { FhirError } from '../../errors.ts'
import type { Pair } from '../../fhir/query/plan.ts'
import type { Counted } from './bundle.ts'

/** Where a list goes on: the whole search, so that a link is one opaque parameter. */
export interface PageToken {
  /** The address below the base: `Patient`, `Patient/1/Observation`, or nothing. */
  readonly path: string
  readonly query: readonly Pair[]
  /** What ap measured from on the first page. */
  readonly now: number
  /** The last match: its row key in decimal, and the values it was sorted by. */
  readonly after: string
  readonly keys?: readonly SortValue[]
  /** pg_current_snapshot() of the first page, when sorted. */
  readonly snapshot?: string
  readonly total?: Counted
}

/** Infinity and whole milliseconds survive as text. */
export type SortValue = string | null

/**
 * Sealed with AES-256-GCM: nobody but this deployment can make or change one, and names or numbers that were
 * searched for by POST do not stand readable in the addresses of the next pages. Whom it was made for is sealed in, so
 * that nobody else goes on with a search that was found in a log or a history.
 */
export function sealPage({ pageKey }: Sealing, actor: Actor, page: PageToken): string {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', cipherKey(pageKey), iv).setAAD(holderOf(actor))
  const sealed = Buffer.concat([cipher.update(pack(JSON.stringify(page))), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
}

export function openPage({ pageKey }: Sealing, actor: Actor, text: string, path: string): PageToken {
  const page = unseal(pageKey, actor, text)
  if (!page) throw refused('This page link was changed, or is another caller’s or server’s.')
  if (page.path !== path) throw refused('This page link belongs to another address.')
  return page
}

function unseal(key: Buffer, actor: Actor, text: string): PageToken | undefined {
  const bytes = Buffer.from(text, 'base64url')
  if (bytes.length < 29 || bytes.toString('base64url') !== text) return undefined
  try {
    const decipher = createDecipheriv('aes-256-gcm', cipherKey(key), bytes.subarray(0, 12), { authTagLength: 16 })
    decipher.setAAD(holderOf(actor)).setAuthTag(bytes.subarray(12, 28))
    const opened = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
    return JSON.parse(unpack(opened)) as PageToken
  } catch {
    return undefined
  }
}

/** Deflating takes as long as the rest of sealing: only what is long is worth it. A first byte says which it is. */
function pack(text: string): Buffer {
  return text.length < 1000 ? Buffer.from(`=${text}`) : Buffer.concat([Buffer.from('z'), deflateRawSync(text)])
}

function unpack(bytes: Buffer): string {
  const rest = bytes.subarray(1)
  return (bytes[0] === 0x3d ? rest : inflateRawSync(rest, { maxOutputLength: 1 << 20 })).toString()
}

interface Sealing {
  readonly pageKey: Buffer
}

/** With another role or other scopes it is another caller: the total in the token is of what the first one saw. */
function holderOf(actor: Actor): Buffer {
  if (actor.kind === 'open' || actor.kind === 'system') return Buffer.from(actor.kind)
  const { kind, id, app, role, facility = null, patient = null, scopes } = actor
  return Buffer.from(JSON.stringify([kind, id, app, role, facility, patient, scopes]))
}

function refused(message: string): FhirError {
  return new FhirError('invalid', [
    { message, hint: 'Start again from the first page, and follow its links as they are.' },
  ])
}

const keys = new WeakMap<Buffer, Buffer>()

function cipherKey(key: Buffer): Buffer {
  const known = keys.get(key)
  if (known) return known
  const made = createHash('sha256').update('parchi search page').update(key).digest()
  keys.set(key, made)
  return made
}
