import type { FhirError } from '../../errors.ts'
import { refuse as refusal } from './refusals.ts'

const LONGEST = 200
const MOST_REPEATS = 100

/**
 * A regular expression from a value set, for PostgreSQL: matched against the whole value, as FHIR's are. Bounded:
 * back references and look-around, which cost without limit, and large repeat counts are refused; what is left runs
 * in time that grows with the text, and the statement timeout stands behind it.
 */
export function checkedRegex(pattern: string): string {
  if (pattern.length > LONGEST) throw refuse(`is longer than ${LONGEST} characters`)
  if (pattern.startsWith('***') || pattern.startsWith('(?')) throw refuse('begins with an option')
  if (/\\[1-9]/.test(pattern)) throw refuse('refers back to a group')
  if (/\(\?(?!:)/.test(pattern)) throw refuse('looks ahead or behind')
  for (const [, low = '0', high = '0'] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Math.max(Number(low), Number(high)) > MOST_REPEATS) throw refuse(`repeats more than ${MOST_REPEATS} times`)
  }
  if (/[*+?}]\)*[*+{]/.test(pattern)) throw refuse('repeats a repetition')
  try {
    new RegExp(pattern)
  } catch {
    throw refuse('is not well-formed')
  }
  return `^(?:${pattern})$`
}

function refuse(why: string): FhirError {
  return refusal(
    `The regular expression of a filter ${why}.`,
    'ValueSet.compose.include.filter',
    'Write it shorter and simpler, or list the codes.',
  )
}
