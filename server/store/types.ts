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
}
