import { lately } from '../lately.ts'

/** Time as it is meant in Raipur: a date is a day there, and nobody changes clocks. */
export const DAY = 86_400_000
const OFFSET = 5.5 * 3_600_000

/** Days since 1970 in Asia/Kolkata. */
export function dayAt(instant: number): number {
  return Math.floor((instant + OFFSET) / DAY)
}

/** The instant a day begins in Asia/Kolkata. */
export function beginOf(day: number): number {
  return day * DAY - OFFSET
}

/** From `low` until just before `high`. */
export interface Span {
  readonly low: number
  readonly high: number
}

/**
 * What a date, a dateTime or an instant (https://hl7.org/fhir/R4/datatypes.html#dateTime) may mean; undefined for anything
 * else. A time without a zone, which FHIR does not know, is one there.
 */
export function spanOf(text: unknown): Span | undefined {
  return typeof text === 'string' ? span(text) : undefined
}

const span = lately(read)

function read(text: string): Span | undefined {
  if (text.length > 10) return instantOf(text)
  const [, year = '', month, day] = DATE.exec(text) ?? []
  if (year === '') return undefined
  const first = new Date(0)
  first.setUTCFullYear(Number(year), Number(month ?? 1) - 1, Number(day ?? 1))
  const next = new Date(first)
  if (day !== undefined) next.setUTCDate(next.getUTCDate() + 1)
  else if (month !== undefined) next.setUTCMonth(next.getUTCMonth() + 1)
  else next.setUTCFullYear(next.getUTCFullYear() + 1)
  return { low: first.getTime() - OFFSET, high: next.getTime() - OFFSET }
}

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/

function instantOf(text: string): Span | undefined {
  const low = Date.parse(ZONE.test(text) ? text : `${text}+05:30`)
  return Number.isNaN(low) ? undefined : { low, high: low + 1 }
}

const ZONE = /(?:Z|[+-]\d\d:\d\d)$/
