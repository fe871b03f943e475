import type { RequiredCodes } from './bindings.ts'
import type { Fault, Json } from './findings.ts'

/** A bound Coding, CodeableConcept or Quantity must carry a code that the required binding allows. */
export function codedFault(type: string, value: Json, codes: RequiredCodes): Fault | undefined {
  if (type === 'CodeableConcept') {
    const { coding, extension } = value
    const codings = Array.isArray(coding) ? (coding as unknown[]) : []
    if (codings.some((one) => allows(one, codes)) || (codings.length === 0 && extension !== undefined)) return undefined
    return fault('coding', 'It has no code that this element allows.', codes)
  }
  const coded = (type === 'Coding' || type === 'Quantity') && value.code !== undefined
  return coded && !allows(value, codes)
    ? fault('code', 'This code is not one that the element allows.', codes)
    : undefined
}

function fault(step: string, message: string, codes: RequiredCodes): Fault {
  return { step, code: 'code-invalid', message, hint: `Give ${codes.words}, with its system.` }
}

function allows(coding: unknown, codes: RequiredCodes): boolean {
  if (typeof coding !== 'object' || coding === null) return false
  const { system, code } = coding as { system?: unknown; code?: unknown }
  return typeof code === 'string' && typeof system === 'string' && codes.has(system, code)
}
