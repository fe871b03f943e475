import { FhirError } from '../../errors.ts'

/** Why a value set cannot be expanded: a partial list would be wrong (https://hl7.org/fhir/R4/valueset-operation-expand.html). */
export function refuse(message: string, path: string, hint?: string): FhirError {
  return new FhirError('unprocessable', [{ message, path, ...(hint && { hint }) }])
}

export function unknownSystem(system: string): FhirError {
  return new FhirError('unprocessable', [
    {
      code: 'not-found',
      message: `The code system ${system} is not known here, so what the value set takes from it cannot be told.`,
      hint: 'PUT it as a CodeSystem resource, or have the operator load its release.',
    },
  ])
}
