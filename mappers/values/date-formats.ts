import type { Draft } from '../canonical.ts'
import { fullYear, hourOf, judged, offsetOf, type DateReading } from './date-parts.ts'
import { serialDay, type Moment } from './moments.ts'
import { monthOf } from './months.ts'

const DAY = 86_400
/** 10000-01-01 */
const MAX_SERIAL = 2_958_466

/** What each token of a format stands for. One-letter forms take one or two digits; double ones too, for people write so. */
const tokens: readonly (readonly [token: string, part: Part, source: string])[] = [
  ['yyyy', 'year', '(\\d{4})'],
  ['yy', 'year', '(\\d{2})'],
  ['MMMM', 'name', '([A-Za-z]{3,9}|[\\u0900-\\u097f]{2,12})'],
  ['MMM', 'name', '([A-Za-z]{3,9}\\.?|[\\u0900-\\u097f]{2,12})'],
  ['MM', 'month', '(\\d{1,2})'],
  ['M', 'month', '(\\d{1,2})'],
  ['dd', 'day', '(\\d{1,2})'],
  ['d', 'day', '(\\d{1,2})'],
  ['HH', 'hour', '(\\d{1,2})'],
  ['H', 'hour', '(\\d{1,2})'],
  ['hh', 'hour', '(\\d{1,2})'],
  ['h', 'hour', '(\\d{1,2})'],
  ['mm', 'minute', '(\\d{1,2})'],
  ['m', 'minute', '(\\d{1,2})'],
  ['ss', 'second', '(\\d{1,2})'],
  ['s', 'second', '(\\d{1,2})'],
  ['SSS', 'fraction', '(\\d{1,9})'],
  ['XXX', 'offset', '(Z|[+-]\\d{2}:?\\d{2})'],
  ['Z', 'offset', '(Z|[+-]\\d{2}:?\\d{2})'],
  ['a', 'half', '(am|pm|a\\.m\\.?|p\\.m\\.?|पूर्वाह्न|अपराह्न)'],
]

type Part = 'year' | 'name' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'offset' | 'half'
const SPLIT = /'[^']*'|yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|SSS|XXX|Z|a|./gu

/** Formats of another kind: the numbers that a spreadsheet counts days by, with the time of day behind the point. */
const serials: Readonly<Record<string, { readonly since1904: boolean }>> = {
  serial: { since1904: false },
  'serial-1904': { since1904: true },
}

/** Whether a word of `date:` is a format, with what is wrong otherwise. */
export function faultOfFormat(format: string): string | undefined {
  if (serials[format]) return undefined
  const parts = partsOf(format)
  const letters = [...format.matchAll(SPLIT)].map(([piece]) => piece).filter((piece) => /^[A-Za-z]$/.test(piece))
  const strange = letters.find((letter) => !tokens.some(([token]) => token === letter) && letter !== 'T')
  if (strange) return `\`${strange}\` means nothing in the date format \`${format}\`; write texts in 'quotes'.`
  const twice = parts.find((part, i) => parts.indexOf(part) !== i)
  if (twice) return `The date format \`${format}\` has its ${twice} twice.`
  if (!parts.includes('year') && !parts.includes('hour'))
    return `The date format \`${format}\` has no year (yyyy or yy).`
  return undefined
}

/** `d/M/yyyy`, `dd-MMM-yyyy HH:mm` … to a reader that answers undefined where the text is of another form. */
export function compileFormat(format: string): (text: string, now: number) => DateReading | undefined {
  const serial = serials[format]
  if (serial) return (text) => ofSerial(text, serial)
  const parts = partsOf(format)
  const pattern = new RegExp(`^${sourceOf(format)}$`, 'iu')
  const [day, month] = [parts.indexOf('day'), parts.indexOf('month')]
  const order = day < 0 || month < 0 || parts[0] === 'year' ? undefined : day < month ? 'day-first' : 'month-first'
  return (text, now) => {
    const found = pattern.exec(text)
    if (!found) return undefined
    const words: Partial<Record<Part, string>> = {}
    for (let i = 0; i < parts.length; i++) words[parts[i] as Part] = found[i + 1] as string
    return momentOf(words, now, order)
  }
}

function ofSerial(text: string, { since1904 }: { readonly since1904: boolean }): DateReading | undefined {
  if (!/^\d{1,7}(?:\.\d{1,15})?$/.test(text) || Number(text) >= MAX_SERIAL) return undefined
  const seconds = Math.round(Number(text) * DAY)
  const [year = 0, month = 1, day = 1] = serialDay(Math.floor(seconds / DAY), since1904)
    .split('-')
    .map(Number)
  const time = seconds % DAY
  const clock = { hour: Math.floor(time / 3600), minute: Math.floor(time / 60) % 60, second: time % 60 }
  return judged({ year, month, day, ...(text.includes('.') && clock) }, undefined)
}

function momentOf(words: Partial<Record<Part, string>>, now: number, order: Parameters<typeof judged>[1]): DateReading {
  const { year, name, month, day, hour, minute, second, fraction, offset, half } = words
  const named = name === undefined ? undefined : monthOf(name)
  if (name !== undefined && named === undefined) return { fault: 'DATE_FORMAT' }
  const moment: Draft<Moment> = { year: year === undefined ? 2000 : fullYear(year, now) }
  if ((named ?? month) !== undefined) moment.month = named ?? Number(month)
  if (day !== undefined) moment.day = Number(day)
  if (hour !== undefined) moment.hour = hourOf(hour, half) ?? 99
  if (minute !== undefined) moment.minute = Number(minute)
  if (second !== undefined) moment.second = Number(second)
  if (fraction !== undefined) moment.fraction = fraction
  if (offset !== undefined) moment.offset = offsetOf(offset)
  return judged(moment, order)
}

function partsOf(format: string): Part[] {
  return [...format.matchAll(SPLIT)].flatMap(([piece]) => {
    const row = tokens.find(([token]) => token === piece)
    return row ? [row[1]] : []
  })
}

function sourceOf(format: string): string {
  return [...format.matchAll(SPLIT)]
    .map(([piece]) => {
      const row = tokens.find(([token]) => token === piece)
      if (row) return row[2]
      const text = piece.startsWith("'") && piece.length > 1 ? piece.slice(1, -1) : piece
      return text === ' ' ? ' ?' : text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    })
    .join('')
}
