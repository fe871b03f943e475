import type { RequiredCodes } from './bindings.ts'
import type { Findings } from './findings.ts'

/** A bound Coding, CodeableConcept or Quantity must carry a code that the required binding allows. */
export function checkCoded(
  type: string,
  value: Record<string, unknown>,
  codes: RequiredCodes,
  findings: Findings,
): void {
  if (type === 'CodeableConcept') {
    const { coding, extension } = value
    const codings = Array.isArray(coding) ? (coding as unknown[]) : []
    if (codings.some((one) => allows(one, codes)) || (codings.length === 0 && extension !== undefined)) return
    findings.addAt(
      'coding',
      'code-invalid',
      'It has no code that this element allows.',
      `Give ${codes.words}, with its system.`,
    )
  } else if ((type === 'Coding' || type === 'Quantity') && value.code !== undefined && !allows(value, codes)) {
    findings.addAt(
      'code',
      'code-invalid',
      'This code is not one that the element allows.',
      `Give ${codes.words}, with its system.`,
    )
  }
}

function allows(coding: unknown, codes: RequiredCodes): boolean {
  if (typeof coding !== 'object' || coding === null) return false
  const { system, code } = coding as { system?: unknown; code?: unknown }
  return typeof code === 'string' && typeof system === 'string' && codes.has(system, code)
}
