import type { ResourceType } from '@medplum/fhirtypes'
import type { Entries } from '../fhir/search/entries.ts'

/** c create, u update, p patch, d delete. */
export type How = 'c' | 'u' | 'p' | 'd'

/** A stored version. `body` is the JSON after the head (body.ts); null in a tombstone. */
export interface Row {
  rid: bigint
  type: ResourceType
  id: string
  version: number
  /** meta.lastUpdated in milliseconds since 1970. */
  updated: number
  how: How
  body: string | null
  /** Whose own it is: `rid('Organization', id)` of the facility that wrote it; 0n: the city's. It never changes. */
  facility: bigint
  /** The Patient in whose compartment it is; 0n none, -1n several. */
  patient: bigint
  /** Sensitive labels (fhir/privacy/labels.ts). */
  labels: number
  /** The clinical day: days since 1970 in Asia/Kolkata; null without one. */
  day: number | null
}

/** A version to be written. The store decides nothing: ids, versions and times come from the interactions. */
export interface Write {
  rid: bigint
  type: ResourceType
  id: string
  version: number
  updated: number
  how: How
  /** The current row of this resource stands in the table, and is locked: it moves to history. */
  replaces: boolean
  /** Null for a delete. */
  body: string | null
  entries: Entries | null
  /** Whose own a new resource is; a resource that is there already keeps its facility. */
  facility: bigint
  /**
   * Row keys of the Binaries that this version or the one before it names; there, if empty, when it is a Binary itself or
   * one may stand for it (binaries.ts).
   */
  binaries?: readonly bigint[]
}
