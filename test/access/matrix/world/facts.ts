import type { Resource } from '@medplum/fhirtypes'

/** What somebody wrote, told by the world and not by the server: the oracle reads nothing else. */
export interface Fact {
  readonly type: string
  readonly id: string
  /** The facility that wrote it first; absent: the city. */
  readonly owner?: string
  /** The bodies in the order they were written; null: deleted. */
  readonly versions: readonly (Resource | null)[]
}

/** One human being: ids of the Patient records that are theirs, golden ones among them once they are linked. */
export interface Person {
  readonly name: string
  readonly records: string[]
}

export interface Glass {
  readonly facility: string
  readonly doctor: string
  /** A Patient record of the person. */
  readonly patient: string
  readonly sensitive: boolean
  /** Run out: 4 hours are over. */
  readonly over: boolean
}

export interface World {
  readonly now: number
  readonly facilities: readonly string[]
  readonly people: readonly Person[]
  readonly facts: readonly Fact[]
  readonly glasses: readonly Glass[]
  /** What the writer of the world meant with an opening; the oracle must come to the same by reading bodies. */
  readonly meant: readonly { readonly person: Person; readonly facility: string; readonly how: Meant }[]
}

/** everybody: a consent that names no facility. */
export type Meant = 'closed' | 'booking' | 'care' | 'consent' | 'everybody'

/** Bodies are plain objects here: they are made to be stored, not to be typed. */
export type Body = { readonly resourceType: string; readonly id: string; readonly [member: string]: unknown }

export function fact(owner: string | undefined, ...versions: readonly (Body | null)[]): Fact {
  const first = versions.find((one) => one !== null)
  if (!first) throw new Error('a fact has a body')
  const { resourceType: type, id } = first
  const bodies = versions as unknown as readonly (Resource | null)[]
  return { type, id, versions: bodies, ...(owner !== undefined && { owner }) }
}

const HOUR = 3_600_000
export const DAY = 24 * HOUR

/** `2026-11-23T12:34:56+05:30` so many days from now. */
export function moment(now: number, days: number): string {
  return new Date(now + days * DAY + 5.5 * HOUR).toISOString().slice(0, 19) + '+05:30'
}

/** The day in Asia/Kolkata so many days from now. */
export function dayOf(now: number, days: number): string {
  return moment(now, days).slice(0, 10)
}

export const to = (reference: string) => ({ reference })

export const coded = (system: string, code: string) => ({ coding: [{ system, code }] })
