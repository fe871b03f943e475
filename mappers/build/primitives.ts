import { CLEAR, type Clear } from '../canonical.ts'
import { daysIn } from '../values/moments.ts'

/** Control characters but tab and line ends, and halves of surrogate pairs. */
const UNPRINTABLE = /[^\P{Cc}\t\r\n]|\p{Surrogate}/gu

/** Nothing to look for, as in nearly all texts: no control or surrogate, no blank at an end. */
const PLAIN = /^[!-~\u00a1-\u1fff](?:[ -~\u00a1-\u1fff]*[!-~\u00a1-\u1fff])?$/

/** A FHIR string: not blank, no control characters, well-formed; undefined when nothing is left. */
export function text(value: string | Clear | undefined): string | undefined {
  if (value === undefined || value === CLEAR) return undefined
  const trimmed = PLAIN.test(value) ? value : value.replace(UNPRINTABLE, '').trim()
  return trimmed === '' ? undefined : trimmed
}

/** Letters, digits and signs of ASCII alone, as nearly all codes and addresses are. */
const WORD = /^[!-~]+$/

/** A FHIR code: single blanks inside only. */
export function code(value: string | undefined): string | undefined {
  return value !== undefined && WORD.test(value) ? value : text(value)?.replace(/\s+/g, ' ')
}

export function uri(value: string | undefined): string | undefined {
  if (value !== undefined && WORD.test(value)) return value
  const clean = text(value)
  return clean !== undefined && /^\S+$/.test(clean) ? clean : undefined
}

const INSTANT =
  /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?)?$/

/** A dateTime of any precision that FHIR takes; undefined when it is none. */
export function moment(value: string | Clear | undefined): string | undefined {
  if (value === CLEAR || value === lastMoment) return value === CLEAR ? undefined : value
  if (value === undefined || !isMoment(value)) return undefined
  lastMoment = value
  return value
}

/** The parts of a record tell of one time, mostly: it is looked at once. */
let lastMoment: string | undefined

function isMoment(value: string): boolean {
  if (!INSTANT.test(value) || value.startsWith('0')) return false
  if (value.length < 10) return true
  const day = Number(value.slice(8, 10))
  return day <= 28 || day <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)))
}

export function date(value: string | Clear | undefined): string | undefined {
  return moment(value)?.slice(0, 10)
}

/** FHIR's instant: with a time and an offset. */
export function instant(value: string | Clear | undefined): string | undefined {
  const given = moment(value)
  return given !== undefined && given.length > 10 ? given : undefined
}

/** At the precision both have. */
export function isBefore(a: string, b: string): boolean {
  if (a.length > 10 && b.length > 10) return Date.parse(a) < Date.parse(b)
  const shared = Math.min(a.length, b.length, 10)
  return a.slice(0, shared) < b.slice(0, shared)
}

/** A positive number without decimals, as far as FHIR's integers go; other texts are none. */
export function count(digits: string | Clear | undefined, least = 1): number | undefined {
  const number = digits === undefined || digits === CLEAR || digits.trim() === '' ? Number.NaN : Number(digits)
  return Number.isInteger(number) && number >= least && number < 2 ** 31 ? number : undefined
}
