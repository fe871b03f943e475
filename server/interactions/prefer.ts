import { FhirError } from '../errors.ts'

export type Return = 'minimal' | 'representation' | 'OperationOutcome'

/** What the caller wants back from a write (https://hl7.org/fhir/R4/http.html#ops); undefined leaves it to us. */
export function preferredReturn(prefer: string | undefined): Return | undefined {
  const [, wish] = /(?:^|[,;\s])return\s*=\s*"?([A-Za-z]+)/.exec(prefer ?? '') ?? []
  return wish === 'minimal' || wish === 'representation' || wish === 'OperationOutcome' ? wish : undefined
}

/** The version in an ETag (`W/"3"`, also `"3"` and `3`); undefined when it cannot be one of ours. */
export function versionOf(etag: string): number | undefined {
  const [, digits] = /^\s*(?:W\/)?"?(\d{1,9})"?\s*$/.exec(etag) ?? []
  return digits === undefined ? undefined : Number(digits)
}

export function etagOf(version: number): string {
  return `W/"${version}"`
}

/** Refuses a write meant for another version than the current one (https://hl7.org/fhir/R4/http.html#concurrency). */
export function checkIfMatch(ifMatch: string | undefined, current: number | undefined): void {
  if (ifMatch === undefined) return
  if (ifMatch.trim() === '*' && current !== undefined) return
  if (current === undefined)
    throw new FhirError('version-conflict', 'If-Match names a version, but there is no such resource now')
  const versions = ifMatch.split(',').map(versionOf)
  if (!versions.includes(current)) {
    throw new FhirError('version-conflict', `The current version is ${current}, which is not the one If-Match names`)
  }
}
