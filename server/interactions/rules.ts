import type { Resource } from '@medplum/fhirtypes'
import { FhirError, outcomeOf, type Issue } from '../errors.ts'
import type { Document } from '../fhir/json.ts'
import { storedBody } from '../store/body.ts'
import type { House } from './house.ts'

/**
 * The text of a resource as the hard rules leave it, changed in place: `given` if they have nothing to say. What they
 * only warn of is counted in the log, never quoted.
 */
export function ruled(
  house: House,
  document: Document<Resource>,
  given: string,
): { body: string; warnings: readonly Issue[] } {
  const before = told.get(document.value) ?? []
  if (!house.rules.concern(given)) return { body: given, warnings: before }
  const issues = [...before, ...house.rules.apply(document)]
  const [errors, warnings] = [issues.filter(isError), issues.filter((issue) => !isError(issue))]
  const distinct = [...new Map(warnings.map((one) => [`${one.path} ${one.message}`, one])).values()]
  told.set(document.value, distinct)
  if (errors.length > 0) throw new FhirError('unprocessable', [...errors, ...distinct])
  if (distinct.length > 0)
    house.log.info({ type: document.value.resourceType, warnings: distinct.length }, 'hard rules')
  return { body: storedBody(document), warnings: distinct }
}

/** When a write is tried again, the first try has taken out already what there was to warn of. */
const told = new WeakMap<object, readonly Issue[]>()

function isError({ severity }: Issue): boolean {
  return severity === 'error'
}

/** The OperationOutcome of a write that was taken: what happened, then the warnings. */
export function outcomeOfWrite(message: string, warnings: readonly Issue[] = []): string {
  return JSON.stringify(outcomeOf([{ severity: 'information', code: 'informational', message }, ...warnings]))
}
