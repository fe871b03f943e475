import type { Bounds } from './plan.ts'

export const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const
export type Prefix = (typeof prefixes)[number]

const start = new RegExp(`^(${prefixes.join('|')})(.*)$`, 's')

/** `ge2020` → `['ge', '2020']`; without a prefix `eq`. */
export function prefixOf(text: string): [Prefix, string] {
  const match = start.exec(text)
  return match ? [match[1] as Prefix, match[2] ?? ''] : ['eq', text]
}

/**
 * How a prefix compares a stored range with the search value (https://hl7.org/fhir/R4/search.html#prefix), as limits
 * on the stored range; several are alternatives. `range` is the value with its implicit precision, `point` what
 * gt, lt, ge, le, sa and eb compare with: the same for dates, the bare number for numbers. `near` is the range of ap.
 * `after` and `before` are the next and the last value that can be stored, which makes every limit inclusive.
 */
export function boundsOf(prefix: Prefix, value: Comparable): Bounds[] {
  const { range, point, near, after, before } = value
  switch (prefix) {
    case 'eq':
      return [{ lowFrom: range.low, highTo: range.high }]
    case 'ne':
      return [{ lowTo: before(range.low) }, { highFrom: after(range.high) }]
    case 'gt':
      return [{ highFrom: after(point.high) }]
    case 'lt':
      return [{ lowTo: before(point.low) }]
    case 'ge':
      return [{ highFrom: after(point.high) }, { lowFrom: point.low, highTo: point.high }]
    case 'le':
      return [{ lowTo: before(point.low) }, { lowFrom: point.low, highTo: point.high }]
    case 'sa':
      return [{ lowFrom: after(point.high) }]
    case 'eb':
      return [{ highTo: before(point.low) }]
    case 'ap':
      return [{ lowTo: near.high, highFrom: near.low }]
  }
}

/** Inclusive on both ends. */
export interface Range {
  readonly low: number
  readonly high: number
}

export interface Comparable {
  readonly range: Range
  readonly point: Range
  readonly near: Range
  readonly after: (value: number) => number
  readonly before: (value: number) => number
}
