import { lately } from '../lately.ts'

/**
 * A FHIR date, dateTime or instant as the time its precision leaves open, in milliseconds since 1970, both ends
 * inclusive (https://hl7.org/fhir/R4/search.html#date). The one place that decides about zones: a text without one
 * is read as UTC, here and in search values alike, so that equal texts are equal whatever server reads them; what has
 * a zone is exact. Undefined when the text is no date. Fractions count in milliseconds.
 */
export const rangeOf = lately(read)

function read(text: string): { readonly low: number; readonly high: number } | undefined {
  const match = form.exec(text)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match
  const [y, mo, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)]
  const [h, mi, s] = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)]
  if (y === 0 || mo < 1 || mo > 12 || d < 1 || d > daysIn(y, mo) || h > 24 || mi > 59 || s > 60) return undefined
  if (h === 24 && (mi > 0 || s > 0)) return undefined
  const offset = minutesOf(zone)
  if (offset === undefined) return undefined
  const low = utc(y, mo, d, h, mi - offset, s, fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0')))
  if (fraction !== undefined) return { low, high: low }
  if (second !== undefined) return { low, high: low + 999 }
  if (hour !== undefined) return { low, high: low + 59_999 }
  if (day !== undefined) return { low, high: low + 86_399_999 }
  return { low, high: (month === undefined ? utc(y + 1, 1, 1, 0, 0, 0, 0) : utc(y, mo + 1, 1, 0, 0, 0, 0)) - 1 }
}

/** A space stands for the `+` of a zone that was not percent-encoded. */
const form = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[-+ ]\d\d:\d\d)?)?)?)?$/

/** Minutes east of Greenwich; undefined beyond the 14 hours that exist. */
function minutesOf(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  if (minutes > 14 * 60 || Number(zone.slice(4)) > 59) return undefined
  return zone.startsWith('-') ? -minutes : minutes
}

/** Date.UTC takes the years 0–99 for 1900–1999. */
function utc(y: number, mo: number, d: number, h: number, mi: number, s: number, ms: number): number {
  if (y >= 100) return Date.UTC(y, mo - 1, d, h, mi, s, ms)
  const date = new Date(0)
  date.setUTCFullYear(y, mo - 1, d)
  return date.setUTCHours(h, mi, s, ms)
}

const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function daysIn(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return leap ? 29 : (days[month - 1] ?? 0)
}
