import { hash } from 'node:crypto'
import type { LocalIdentifier } from '../canonical.ts'
import { composed } from '../values/blanks.ts'

/**
 * The id of a resource: of equal facility, type and source key always the same, and nothing can be read from it. SHA-256
 * in the shape of a UUID (version 8, https://www.rfc-editor.org/rfc/rfc9562#section-5.8).
 */
export function idOf(facility: string, type: string, key: string): string {
  if (key === last.key && type === last.type && facility === last.facility) return last.id
  const whole = composed(`${facility}\n${type}\n${key}`)
  const id = OFTEN.has(type) ? remembered(whole) : hashed(whole)
  last = { facility, type, key, id }
  return id
}

function remembered(whole: string): string {
  const known = often.get(whole)
  if (known !== undefined) return known
  if (often.size >= REMEMBERED) often.clear()
  const id = hashed(whole)
  often.set(whole, id)
  return id
}

/** Hashing is a fifth of the work on a row: the id asked last, and those of the doctors of a house, are remembered. */
let last = { facility: '', type: '', key: '', id: '' }
const often = new Map<string, string>()
const OFTEN: ReadonlySet<string> = new Set(['Practitioner', 'PractitionerRole', 'Organization'])
const REMEMBERED = 10_000

function hashed(key: string): string {
  const hex = hash('sha256', key)
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3] ?? '8'
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** What a number given by a house, or by another authority, is known by. */
export function keyOfNumber({ system, value }: Pick<LocalIdentifier, 'system' | 'value'>): string {
  return system ? `${system}|${value.trim()}` : value.trim()
}

/** Each facility counts for itself: its numbers are unique within it only. */
export function facilitySystem(facility: string, of: string): string {
  return `https://parchi.example/facility/${facility}/${of}`
}
