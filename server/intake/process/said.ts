import type { Resource } from '@medplum/fhirtypes'
import { statements } from '../../../mappers/build/statements.ts'
import type { Item } from './item.ts'

/** What a record says of resources that several records tell of, as 32-bit hashes: 4 bytes each in record_key.said. */
export type Said = readonly number[]

export function saidBy({ record }: Pick<Item, 'record'>): Said {
  const said: number[] = []
  for (const made of record.resources) {
    if (made.how !== 'merge') continue
    const seed = seedOf(made.resource)
    statements(made.resource, (path, what) => said.push(statementHash(seed, path, what)))
  }
  return said
}

/** The end of an id is enough to tell a record's resources apart. */
export function seedOf({ resourceType, id = '' }: Resource): number {
  return ofText(ofText(BASIS, resourceType), id.slice(-8))
}

/** FNV-1a over a value as it stands: every row that is written pays for some of these, and text made first costs three times as much. */
export function statementHash(seed: number, path: string, what: unknown): number {
  return ofValue(ofText(seed, path), what) >>> 0
}

const BASIS = 0x811c9dc5
const PRIME = 0x01000193

function ofText(hash: number, text: string): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
  return Math.imul(hash ^ 0xff00, PRIME) // no character, so that `a`, `bc` is not `ab`, `c`
}

function ofValue(hash: number, value: unknown): number {
  if (typeof value === 'string') return ofText(hash, value)
  if (typeof value !== 'object' || value === null) return ofText(hash, String(value))
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) hash = ofValue(hash, value[i])
  else
    for (const key in value) {
      if (key !== 'system') hash = ofValue(ofText(hash, key), (value as Record<string, unknown>)[key])
    }
  return ofText(hash, '')
}

export function packSaid(said: Said): Buffer {
  const out = Buffer.allocUnsafe(said.length * 4)
  for (let i = 0; i < said.length; i++) out.writeUInt32BE(said[i] ?? 0, i * 4)
  return out
}

export function unpackSaid(bytes: Buffer): Said {
  return Array.from({ length: bytes.length >> 2 }, (_, i) => bytes.readUInt32BE(i * 4))
}
