import { plainDigits } from '../../server/fhir/rules/digits.ts'
import type { Birth } from '../canonical.ts'
import { dateOf, daysIn, type Moment } from './moments.ts'
import type { Reading } from './reading.ts'

/** As told at a counter; at least one part is there. */
export interface Age {
  readonly years?: number
  readonly months?: number
  readonly days?: number
}

/** Nobody is known to have become older. */
export const OLDEST = 125

const UNIT: readonly (readonly [keyof Age | 'weeks' | 'hours', RegExp])[] = [
  ['years', /^(?:y|yr|yrs|year|years|वर्ष|व|साल|बरस)$/i],
  ['months', /^(?:m|mo|mon|mth|mths|mos|month|months|महीने|महीना|माह|मास|मा)$/i],
  ['weeks', /^(?:w|wk|wks|week|weeks|सप्ताह|हफ्ते|हफ़्ते)$/i],
  ['days', /^(?:d|day|days|दिन)$/i],
  ['hours', /^(?:h|hr|hrs|hour|hours|घंटे)$/i],
]
/** Letters and blanks: more is no age, and the patterns below are not for it. */
const LONGEST = 200
const YEARS = /^\d{1,3}$/
const PART = /(\d{1,3}(?:\.\d{1,2})?)\s*([a-z]+|[\u0900-\u097f]+)?\.?/giu
const SHAPE =
  /^(?:(?:age|आयु|उम्र)[:. -]*)?(?:\d{1,3}(?:\.\d{1,2})?\s*(?:[a-z]+|[\u0900-\u097f]+)?\.?[\s/,&+()-]*)+(?:old)?$/iu

/** `35`, `35 Y / 6 M`, `8 M`, `10 D`, `2½ yrs`, `45 वर्ष`, `45/M` (a sex behind the age is not a month). */
export function readAge(text: string): Reading<Age> {
  if (YEARS.test(text)) return aged({ years: Number(text) })
  if (text.length > LONGEST) return { fault: 'VALUE_FORMAT' }
  const plain = plainDigits(text.normalize('NFC'))
    .replace(/½/g, '.5')
    .replace(/\s*\.5/, '.5')
    .trim()
  const sexed = /^(\d{1,3})\s*(?:y|yrs?|years?)?\s*\/\s*[mfo]$/i.exec(plain)
  if (/^-\d{1,3}(?![\d/.-])/.test(plain)) return { fault: 'AGE_RANGE' }
  if (plain.length > 40 || (!sexed && !SHAPE.test(plain))) return { fault: 'VALUE_FORMAT' }
  const parts: { years?: number; months?: number; days?: number } = {}
  for (const [, digits = '', unit] of (sexed?.[1] ?? plain).replace(/^(?:age|आयु|उम्र)[:. -]*/iu, '').matchAll(PART)) {
    const kind = unit === undefined || unit === '' ? 'years' : UNIT.find(([, pattern]) => pattern.test(unit))?.[0]
    if (kind === undefined) {
      if (/^old$/i.test(unit ?? '')) continue
      return { fault: 'VALUE_FORMAT' }
    }
    if (!add(parts, kind, Number(digits))) return { fault: 'VALUE_FORMAT' }
  }
  if (parts.years === undefined && parts.months === undefined && parts.days === undefined)
    return { fault: 'VALUE_FORMAT' }
  return aged(parts)
}

function aged(age: Age): Reading<Age> {
  const years = (age.years ?? 0) + (age.months ?? 0) / 12 + (age.days ?? 0) / 365
  return years > OLDEST ? { fault: 'AGE_RANGE' } : { value: age }
}

function add(
  parts: { years?: number; months?: number; days?: number },
  kind: keyof Age | 'weeks' | 'hours',
  number: number,
): boolean {
  if (kind === 'weeks') parts.days = (parts.days ?? 0) + Math.round(number * 7)
  else if (kind === 'hours') parts.days = parts.days ?? 0
  else if (parts[kind] !== undefined) return false
  else if (kind === 'years' && !Number.isInteger(number)) {
    parts.years = Math.floor(number)
    parts.months = Math.round((number - parts.years) * 12)
  } else parts[kind] = Math.round(number)
  return true
}

/** The birth date an age gives, as precise as the age was told: years give a year, months a month, days a day. */
export function birthOf(age: Age, on: Moment): Birth {
  const { years = 0, months, days } = age
  const { month = 1, day = 1 } = on
  if (months === undefined && days === undefined) return { date: String(on.year - years), estimated: true }
  const since = (on.year - years) * 12 + (month - 1) - (months ?? 0)
  const [year, at] = [Math.floor(since / 12), (since % 12) + 1]
  if (days === undefined) return { date: dateOf({ year, month: at }), estimated: true }
  const born = new Date(Date.UTC(year, at - 1, Math.min(day, daysIn(year, at)) - days))
  return { date: born.toISOString().slice(0, 10), estimated: true }
}

/** Whether a birth date and an age told on a day can both be true: within a year, for ages are rounded; a quarter of it for infants. */
export function agrees(birth: string, age: Age, on: string): boolean {
  const told = (age.years ?? 0) + (age.months ?? 0) / 12 + (age.days ?? 0) / 365
  const lived = (Date.parse(on.slice(0, 10)) - Date.parse(birth)) / 31_557_600_000
  const slack = birth.length < 7 ? 1.01 : 0
  const allowed = (told < 2 && age.years === undefined ? 0.25 : 1.01) + slack
  return lived - told < allowed && told - lived < allowed
}

const SEX_WORD = '(?:male|female|m|f|t|o|trans(?:gender)?|other|पुरुष|महिला|स्त्री|पु|म|बालक|बालिका)'
const SEX_LAST = new RegExp(
  `^(?<age>.*[\\d\\p{L}\\p{M}.)])?[\\s/,&-]*(?<![\\p{L}\\p{M}])(?<sex>${SEX_WORD})\\.?$`,
  'iu',
)
const SEX_FIRST = new RegExp(`^(?<sex>${SEX_WORD})(?![\\p{L}\\p{M}])[.\\s/,&-]*(?<age>\\d.*)?$`, 'iu')

/** `45/M`, `50 F`, `2 M / M`, `F-34`: what is told of age and sex in one cell. A single letter behind the number is the sex. */
export function halvesOf(text: string): { age?: string; sex?: string } {
  const whole = plainDigits(text.normalize('NFC')).trim()
  const found = (SEX_FIRST.exec(whole) ?? SEX_LAST.exec(whole))?.groups
  if (!found) return { age: whole }
  const age = found['age']?.replace(/[\s/,&-]+$/, '')
  return { ...(age && { age }), ...(found['sex'] && { sex: found['sex'] }) }
}
