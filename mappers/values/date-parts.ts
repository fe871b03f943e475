import type { Draft } from '../canonical.ts'
import type { Reading } from './reading.ts'
import { isPossible, type Moment } from './moments.ts'

export type Order = 'day-first' | 'month-first' | 'year-first'

/** `proves`: the number before or after which no month can be, so that the order of the whole column is known. */
export interface DateReading extends Reading<Moment> {
  readonly proves?: 'day-first' | 'month-first'
}

/** A moment if there is such a day; with what its two numbers prove. */
export function judged(moment: Moment, order: 'day-first' | 'month-first' | undefined): DateReading {
  const { month = 0, day = 0 } = moment
  const proves =
    order === undefined || (day <= 12 && month <= 12)
      ? undefined
      : day > 12 && month <= 12
        ? order
        : day <= 12 && day > 0
          ? order === 'day-first'
            ? 'month-first'
            : 'day-first'
          : undefined
  const read: Draft<DateReading> = {}
  if (isPossible(moment)) read.value = moment
  else read.fault = proves !== undefined && proves !== order ? 'DATE_FORMAT' : 'DATE_IMPOSSIBLE'
  if (proves) read.proves = proves
  return read
}

/** `26` in 2026 is 2026, `28` is 1928. */
export function fullYear(digits: string, now: number): number {
  const year = Number(digits)
  if (digits.length > 2) return year
  const century = now - (now % 100)
  return century + year > now + 1 ? century - 100 + year : century + year
}

/** `am`, `pm` and the Hindi for them; 12 am is midnight. Undefined: there is no such hour. */
export function hourOf(digits: string, half: string | undefined): number | undefined {
  const hour = Number(digits)
  if (half === undefined || half === '') return hour
  if (hour < 1 || hour > 12) return hour > 12 && /^(?:p|अप)/i.test(half) ? hour : undefined
  return /^(?:p|अप)/i.test(half) ? (hour % 12) + 12 : hour % 12
}

export function offsetOf(text: string): string {
  if (/^z$/i.test(text)) return 'Z'
  const digits = text.replace(':', '')
  return `${digits.slice(0, 3)}:${digits.slice(3, 5) || '00'}`
}
