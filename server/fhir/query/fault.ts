import { FhirError } from '../../errors.ts'

/** A parameter that cannot be searched as sent: its name, why, and what to do. Values are never repeated. */
export function fault(name: string, reason: string, hint: string): FhirError {
  return new FhirError('invalid', [{ message: `${shown(name)}: ${reason}`, hint }])
}

/** A name as it may stand in a message: whatever was sent, but not all of it. */
export function shown(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name
}
