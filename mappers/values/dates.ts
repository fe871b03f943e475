import { plainDigits } from '../../server/fhir/rules/digits.ts'
import { tidied } from './blanks.ts'
import { compileFormat } from './date-formats.ts'
import type { Draft } from '../canonical.ts'
import { fullYear, hourOf, judged, offsetOf, type DateReading, type Order } from './date-parts.ts'
import { serialDay, type Moment } from './moments.ts'
import { monthOf } from './months.ts'
import type { Reading } from './reading.ts'

/** `year` is the year of arrival: two-digit years lie at most one year after it. */
export type DateReader = (text: string, year: number) => DateReading

/**
 * Reads dates with or without times. With formats, only those and ISO's, which cells of a spreadsheet arrive in whatever
 * they are shown as; else whatever people write, in the declared order: ISO,
 * numbers in three groups, names of months in English or Hindi, `20261122`, digits of any script.
 */
export function makeDateReader(order: Order, formats?: readonly string[]): DateReader {
  if (!formats || formats.length === 0) return (text, year) => readAny(tidy(text), order, year)
  const iso = formats.every((format) => /^[^y]*$/.test(format) && !format.startsWith('serial')) ? ISO_TIMES : ISO_DATES
  const readers = [...formats, ...iso].map(compileFormat)
  return (text, year) => {
    const tidied = tidy(text)
    let best: DateReading = { fault: 'DATE_FORMAT' }
    for (const reader of readers) {
      const reading = reader(tidied, year)
      if (reading?.value) return reading
      if (reading) best = reading
    }
    return best
  }
}

const ISO_DATES = ['yyyy-MM-dd', 'yyyy-MM-dd HH:mm', 'yyyy-MM-dd HH:mm:ss']
const ISO_TIMES = ['HH:mm', 'HH:mm:ss']

function tidy(text: string): string {
  return plainDigits(tidied(text))
}

const HALF = '(?:am|pm|a\\.m\\.?|p\\.m\\.?|पूर्वाह्न|अपराह्न)'
const TIME = `(?<hour>\\d{1,2})(?:[:.](?<minute>\\d{2})(?::(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?(?: ?(?<half>${HALF}))?| ?(?<only>${HALF})) ?(?<offset>z|[+-]\\d{2}:?(?:\\d{2})?)?`
const AFTER = `(?:(?:t|,? |,)(?:at )?${TIME})?$`
const WORD = '(?<name>[a-z]{3,9}\\.?|[\\u0900-\\u097f]{2,12})'
const make = (source: string) => new RegExp(`^${source}`, 'i')

const NUMBERS = make(`(?<a>\\d{1,2})[-/. ](?<b>\\d{1,2})[-/. ](?<year>\\d{4}|\\d{2})${AFTER}`)
const YEAR_FIRST = make(`(?<year>\\d{4})[-/.](?<month>\\d{1,2})[-/.](?<day>\\d{1,2})${AFTER}`)
const COMPACT = make(
  '(?<year>\\d{4})(?<month>\\d\\d)(?<day>\\d\\d)(?:[t ]?(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)?(?:\\.(?<fraction>\\d{1,9}))?(?<offset>z|[+-]\\d{4})?)?$',
)
const NAMED = [
  make(`(?<day>\\d{1,2})(?:st|nd|rd|th)?[-/., ]*${WORD}[-/.,' ]*(?<year>\\d{4}|\\d{2})${AFTER}`),
  make(`${WORD}[- ](?<day>\\d{1,2})(?:st|nd|rd|th)?,? ?(?<year>\\d{4})${AFTER}`),
  make(`${WORD}[-/.,' ]*(?<year>\\d{4})$`),
  make(`(?<year>\\d{4})[- ]${WORD}(?:[- ](?<day>\\d{1,2}))?${AFTER}`),
]
const MONTH_YEAR = /^(?<month>\d{1,2})[-/.](?<year>\d{4})$|^(?<y>\d{4})[-/.](?<m>\d{1,2})$/
const YEAR = /^\d{4}$/
const SERIAL = make(`(?<days>[2-7]\\d{4})(?: ?(?:0)?(?<part>\\.\\d{1,15})$|${AFTER})`)
const WEEKDAY = /^(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?[.,]? (?=.*\d)/i

type Groups = Readonly<Record<string, string | undefined>>

function readAny(given: string, order: Order, now: number): DateReading {
  const text = WEEKDAY.test(given) ? given.replace(WEEKDAY, '') : given
  const numbers = NUMBERS.exec(text)
  if (numbers) return ofNumbers(numbers.groups as Groups, order, now)
  const first = YEAR_FIRST.exec(text)?.groups
  if (first) return judged({ ...dayOf(first, now), ...clockOf(first) }, undefined)
  const compact = COMPACT.exec(text)?.groups
  if (compact) return ofCompact(text, compact, order)
  if (YEAR.test(text)) return judged({ year: Number(text) }, undefined)
  const monthly = MONTH_YEAR.exec(text)?.groups
  if (monthly) {
    return judged(
      { year: Number(monthly['year'] ?? monthly['y']), month: Number(monthly['month'] ?? monthly['m']) },
      undefined,
    )
  }
  for (const pattern of NAMED) {
    const groups = pattern.exec(text)?.groups
    const month = groups && monthOf(groups['name'] ?? '')
    if (month !== undefined) return judged({ ...dayOf(groups ?? {}, now), month, ...clockOf(groups ?? {}) }, undefined)
  }
  return ofSerial(text)
}

/**
 * The number that a spreadsheet counts days by, of 1954 to 2119: where cells of dates were shown as numbers when they were
 * exported. No other date has five digits. DATE_SERIAL says so, for the number does not tell whether it counts from 1900.
 */
function ofSerial(text: string): DateReading {
  const { days, part, ...clock } = SERIAL.exec(text)?.groups ?? {}
  if (days === undefined) return { fault: 'DATE_FORMAT' }
  const [year = 0, month = 1, day = 1] = serialDay(Number(days), false).split('-').map(Number)
  const seconds = Math.round(Number(part ?? 0) * 86_400)
  const time =
    part === undefined ? clockOf(clock) : { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60 }
  const reading = judged({ year, month, day, ...time }, undefined)
  return reading.fault ? reading : { ...reading, fault: 'DATE_SERIAL' }
}

/** The same number in a workbook that counts from 1904 (ECMA-376 part 1, 18.2.28, date1904). */
export function since1904({ year, month = 1, day = 1, ...clock }: Moment): Moment {
  const [y = 0, m = 1, d = 1] = new Date(Date.UTC(year, month - 1, day + 1462))
    .toISOString()
    .slice(0, 10)
    .split('-')
    .map(Number)
  return { year: y, month: m, day: d, ...clock }
}

function ofNumbers(groups: Groups, order: Order, now: number): DateReading {
  const { a = '', b = '', year = '' } = groups
  const clock = clockOf(groups)
  if (order === 'year-first') {
    return year.length === 2
      ? judged({ year: fullYear(a.padStart(2, '0'), now), month: Number(b), day: Number(year), ...clock }, undefined)
      : { fault: 'DATE_FORMAT' }
  }
  const [day, month] = order === 'day-first' ? [Number(a), Number(b)] : [Number(b), Number(a)]
  return judged({ year: fullYear(year, now), month, day, ...clock }, order)
}

/** Eight digits: `20261122`, or `22112026` where that is no year. */
function ofCompact(text: string, groups: Groups, order: Order): DateReading {
  const year = Number(groups['year'])
  if (text.length !== 8 || (year >= 1850 && year < 2150)) {
    return judged({ ...dayOf(groups, year), ...clockOf(groups) }, undefined)
  }
  const [a, b] = [Number(text.slice(0, 2)), Number(text.slice(2, 4))]
  const [day, month] = order === 'month-first' ? [b, a] : [a, b]
  return judged({ year: Number(text.slice(4)), month, day }, order === 'month-first' ? 'month-first' : 'day-first')
}

function dayOf({ year = '', month, day }: Groups, now: number): Moment {
  const moment: Draft<Moment> = { year: fullYear(year, now) }
  if (month !== undefined) moment.month = Number(month)
  if (day !== undefined) moment.day = Number(day)
  return moment
}

/** Hour 99 stands for one that cannot be, and is then refused with the day. */
function clockOf({ hour, minute, second, fraction, half, only, offset }: Groups): Partial<Moment> {
  if (hour === undefined) return {}
  return {
    hour: hourOf(hour, half ?? only) ?? 99,
    minute: Number(minute ?? 0),
    ...(second !== undefined && { second: Number(second) }),
    ...(fraction !== undefined && { fraction }),
    ...(offset !== undefined && { offset: offsetOf(offset) }),
  }
}

const CLOCK = make(`${TIME}$`)

/** A time of day by itself. */
export function readTime(text: string): Reading<Moment> {
  const tidied = tidy(text)
  const compact = /^(\d\d)(\d\d)$/.exec(tidied)
  const groups = CLOCK.exec(compact ? `${compact[1]}:${compact[2]}` : tidied)?.groups
  if (!groups) return { fault: 'DATE_FORMAT' }
  return judged({ year: 2000, ...clockOf(groups) }, undefined)
}
