import type { Resource } from '@medplum/fhirtypes'
import { FhirError, outcomeOf, type Issue } from '../errors.ts'
import type { Document } from '../fhir/json.ts'
import { storedBody } from '../store/body.ts'
import type { House } from './house.ts'

/** The resource as the hard rules leave it, changed in place. What they only warn of is counted in the log, never quoted. */
export function ruled(house: House, document: Document<Resource>): { body: string; warnings: readonly Issue[] } {
  const issues = house.rules.apply(document)
  if (issues.some((issue) => issue.severity === 'error')) throw new FhirError('unprocessable', issues)
  if (issues.length > 0) house.log.info({ type: document.value.resourceType, warnings: issues.length }, 'hard rules')
  return { body: storedBody(document), warnings: issues }
}

/** The OperationOutcome of a write that was taken: what happened, then the warnings. */
export function outcomeOfWrite(message: string, warnings: readonly Issue[] = []): string {
  return JSON.stringify(outcomeOf([{ severity: 'information', code: 'informational', message }, ...warnings]))
}
