import type { ResourceType } from '@medplum/fhirtypes'

/**
 * What a resource is found by: computed from its JSON by extract.ts, written by the store, searched by store/search.
 * Tokens are `bigint`s as fhir/keys.ts makes them.
 */
export interface Entries {
  /** Distinct tokens of every token, reference, uri, composite and exact-string value. */
  tokens: bigint[]
  /** Bit n set: the type's n-th search parameter (by registry order) has a value. */
  present: Uint8Array
  /** `rid`s of the patients in whose compartment the resource is (a Patient is in its own), sorted, distinct. */
  patients: bigint[]
  dates: DateEntry[]
  numbers: NumberEntry[]
  strings: StringEntry[]
  /** Mostly distinct. */
  words: Word[]
  /** Sensitive labels (fhir/privacy/labels.ts). */
  labels: number
  /** The clinical day: days since 1970 in Asia/Kolkata; null without one. */
  day: number | null
  openings: OpeningEntry[]
  /** Of a Binary: the resource it stands for (binaries.ts). */
  context?: { readonly type: ResourceType; readonly rid: bigint }
}

/**
 * A resource that opens a patient's record to a facility: an Encounter or an Appointment to its own facility, a Consent
 * to the facilities it names (fhir/privacy/openings.ts).
 */
export interface OpeningEntry {
  /** `rid` of the Patient. */
  patient: bigint
  /** `rid` of the Organization; `owner`: of the facility whose own the resource is; 0n: every facility. */
  facility: bigint | 'owner'
  tier: OpeningTier
  /** Milliseconds since 1970: from `since` until just before `until`. */
  since: number
  until: number
  /** Labels that stay hidden. */
  withheld: number
  /** Numbers of types; null: all. */
  types: number[] | null
  /** Days since 1970, inclusive; null: all. */
  from: number | null
  to: number | null
}

/**
 * booking: a future appointment, which shows the Patient alone. deny: what a Consent takes away from what others permit;
 * its `withheld` are the labels denied, 0 whatever the labels.
 */
export type OpeningTier = 'care' | 'consent' | 'booking' | 'deny'

/** Milliseconds since 1970, both inclusive; open ends are ±MAX_TIME. `param` is odd when the range is longer than SHORT_RANGE. */
export interface DateEntry {
  param: number
  low: number
  high: number
}

/**
 * A number, a quantity or a range: low = high for a plain value; ±Infinity for open ends. Of a place (`near`) low is the
 * latitude and high the longitude.
 */
export interface NumberEntry {
  param: number
  /** 0n, or the token of the other component for a composite of a repeating element. */
  key: bigint
  low: number
  high: number
  /** 0n, or `token(param, system|code)` of the unit; an entry of its own has each `|code` or `|unit` that is also looked for. */
  unit: bigint
}

export interface StringEntry {
  param: number
  value: string
}

/** A word of the lexicon: normalised display text of a token parameter, or a uri as it is. */
export interface Word {
  param: number
  word: string
}

export const SHORT_RANGE = 36 * 3600 * 1000
export const MAX_TIME = 8_640_000_000_000_000
