import type { Coded } from '../../../canonical.ts'
import type { Parts } from './node.ts'
import { codingSystem } from './systems.ts'

/** FHIR's code: no blanks at its ends, no two together. */
function tidy(code: string): string {
  return code.replace(/\s+/g, ' ').trim()
}

/**
 * CE, CWE, CNE, CF: up to three codings, and what was written (CWE.9). `system` is of the table the standard binds the
 * field to, for codes whose sender leaves it out. A display without a code is text.
 */
export function codedOf(parts: Parts, system?: string): Coded | undefined {
  const codings = [1, 4, 10].flatMap((at) => {
    const code = tidy(parts.text(at))
    if (code === '') return []
    const display = parts.text(at + 1)
    const uri = codingSystem(parts.text(at + 2)) ?? (at === 1 && parts.text(3) === '' ? system : undefined)
    return [{ ...(uri && { system: uri }), code, ...(display && { display }) }]
  })
  const text = parts.text(9) || [2, 5, 11].map((at) => parts.text(at)).find((words) => words !== '')
  if (codings.length === 0 && !text) return undefined
  return { codings, ...(text && { text }) }
}

/** A code or, where there is none, its text: for fields that are text. */
export function wordOf(parts: Parts): string {
  return parts.text(2) || parts.text(9) || parts.text(1) || parts.text(5)
}
