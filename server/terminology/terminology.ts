import type { CodeSystem, ValueSet } from '@medplum/fhirtypes'
import type { Database } from '../db/database.ts'
import type { Definitions } from '../fhir/definitions/definitions.ts'
import type { TerminologyData } from './data.ts'

/** What every terminology function asks with; it holds nothing that another process could not have too. */
export interface Terminology {
  readonly db: Database
  readonly definitions: Definitions
  readonly data: TerminologyData
  /** Of everything shipped: what the tables hold of another edition is made anew when it is asked for. */
  readonly edition: string
}

/** A code system that comes with the server: ours (profiles/terminology), else R4's. */
export function shippedSystem({ definitions, data }: Terminology, url: string): CodeSystem | undefined {
  return data.codeSystems.get(url) ?? definitions.codeSystem(url)
}

export function isShipped({ definitions, data }: Terminology, url: string): boolean {
  return data.codeSystems.has(url) || definitions.codeSystems.has(url)
}

export function shippedValueSet({ definitions, data }: Terminology, url: string): ValueSet | undefined {
  return data.valueSets.get(url) ?? definitions.valueSet(url)
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
