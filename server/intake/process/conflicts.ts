import type { FhirError } from '../../errors.ts'

/** Another writer was there first: read again and try again. */
export function isConflict({ refusal }: FhirError): boolean {
  return refusal === 'version-conflict' || refusal === 'conflict'
}

/** Nothing is wrong with the records: later the same will succeed. */
export function isPassing(error: FhirError): boolean {
  return isConflict(error) || ['unavailable', 'too-costly', 'too-many-requests'].includes(error.refusal)
}
