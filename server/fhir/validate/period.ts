import { Temporal } from '../path/temporal.ts'

/**
 * per-1 (https://hl7.org/fhir/R4/datatypes.html#period): a period does not end before it starts, as far as the two can
 * be compared. It stands in most resources, so texts in one notation are compared as they are.
 */
export function inOrder({ start, end }: { start?: unknown; end?: unknown }): boolean {
  if (typeof start !== 'string' || typeof end !== 'string') return true
  if (inOneNotation(start, end)) return start <= end
  const [from, to] = [Temporal.parse(start), Temporal.parse(end)]
  return !from || !to || (from.compare(to) ?? 0) <= 0
}

/** The same precision, and the same zone if there is one. */
function inOneNotation(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  return a.length <= 10 || (a.endsWith('Z') && b.endsWith('Z')) || a.slice(-6) === b.slice(-6)
}
