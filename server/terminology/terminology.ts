import type { ValueSet } from '@medplum/fhirtypes'
import type { Database } from '../db/database.ts'
import type { Definitions } from '../fhir/definitions/definitions.ts'

/** What every terminology function asks with; built once, holds no state that another process could not have too. */
export interface Terminology {
  readonly db: Database
  /** R4's own value sets; its code systems and concept maps are in the tables (tables/shipped.ts). */
  readonly definitions: Definitions
  /** Our own value sets (profiles/terminology) by canonical url. */
  readonly shipped: ReadonlyMap<string, ValueSet>
}

/** `url|version` in its parts. */
export function splitCanonical(canonical: string): { url: string; version?: string } {
  const at = canonical.lastIndexOf('|')
  return at < 0 ? { url: canonical } : { url: canonical.slice(0, at), version: canonical.slice(at + 1) }
}

/** Newest first: numbers by value, other text by letter, so that 2.9 stands below 2.10 and nothing below everything. */
export function compareVersions(a = '', b = ''): number {
  return b.localeCompare(a, 'en', { numeric: true })
}
