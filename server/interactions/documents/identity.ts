import type { Bundle, Identifier } from '@medplum/fhirtypes'
import { createHash } from 'node:crypto'
import { toJson, type Document } from '../../fhir/json.ts'

/** Names a document that came without a name by what it says. */
export const DIGEST = 'https://parchi.example/fhir/id/document-digest'

/**
 * What makes a document the same when it comes again: its identifier, which R4 requires to be globally unique
 * (https://hl7.org/fhir/R4/bundle.html#invs, bdl-9). One without is given the digest of its own text. Two facilities that
 * send the same document each keep their own.
 */
export function identify(document: Document<Bundle>, owner: bigint): { key: string; given: boolean } {
  const named = nameOf(document)
  return owner === 0n ? named : { ...named, key: `${owner} ${named.key}` }
}

function nameOf(document: Document<Bundle>): { key: string; given: boolean } {
  const { identifier } = document.value
  if (isWhole(identifier)) return { key: `${identifier.system}|${identifier.value}`, given: true }
  const value = createHash('sha256').update(toJson(document)).digest('hex')
  document.value.identifier = { system: DIGEST, value }
  return { key: `${DIGEST}|${value}`, given: false }
}

/** A UUID (version 8, RFC 9562) that follows from the parts, so that the same thing gets the same id again. */
export function derivedId(...parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
}

function isWhole(identifier: Identifier | undefined): identifier is { system: string; value: string } {
  return typeof identifier?.system === 'string' && typeof identifier.value === 'string'
}
