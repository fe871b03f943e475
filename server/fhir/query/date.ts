import { rangeOf } from '../search/dates.ts'
import type { Comparable } from './prefix.ts'

/**
 * A date as R4 compares it (https://hl7.org/fhir/R4/search.html#date): the range its precision leaves open; ap widens
 * it by 10 % of the time between it and now. Undefined when it is no date.
 */
export function dateValue(text: string, now: number): Comparable | undefined {
  const range = rangeOf(text)
  if (!range) return undefined
  const gap = Math.round(Math.min(Math.abs(now - range.low), Math.abs(now - range.high)) * 0.1)
  const near = { low: range.low - gap, high: range.high + gap }
  return { range, point: range, near, after: (value) => value + 1, before: (value) => value - 1 }
}
