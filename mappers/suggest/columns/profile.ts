import { asciiDigits } from './digits.ts'
import { looks, type Look } from './looks.ts'

/** What the values of a column look like. */
export interface Profile {
  readonly filled: number
  readonly distinct: number
  /** The share of filled values of each look. */
  readonly looks: ReadonlyMap<Look, number>
  /** Whole numbers, each one more than the one before: they count the rows. */
  readonly counts: boolean
  /** Of dates with both numbers up to 12 in doubt: the order that every value allows. */
  readonly order?: DateOrder
  /** The few words it holds, when they are few: candidates for a code list. */
  readonly words: readonly string[]
}

export type DateOrder = 'day-first' | 'month-first' | 'year-first'

export function profileOf(values: readonly string[]): Profile {
  const filled = values.map(plain).filter(Boolean)
  const words = new Map(values.flatMap((value) => (value.trim() ? [[plain(value), value.trim()]] : [])))
  const few = words.size > 0 && words.size <= Math.max(2, Math.min(25, filled.length / 3))
  const order = orderOf(filled)
  return {
    filled: filled.length,
    distinct: words.size,
    looks: new Map([...shares(filled), ['code', few ? 1 : 0]]),
    counts: filled.length > 1 && filled.every((value, i) => Number(value) === Number(filled[0]) + i),
    ...(order && { order }),
    words: few ? [...words.values()] : [],
  }
}

/** How much of a column looks so, 0 … 1. */
export function shareOf({ looks: seen }: Profile, look: Look): number {
  return seen.get(look) ?? 0
}

function shares(filled: readonly string[]): [Look, number][] {
  return looks.map(([look, test]) => [look, filled.length === 0 ? 0 : filled.filter(test).length / filled.length])
}

const NUMBERS_OF_DATE = /^(\d{1,4})[-/. ](\d{1,2})[-/. ]\d{1,4}/

/** undefined where nothing tells day from month, or where both are proven. */
function orderOf(values: readonly string[]): DateOrder | undefined {
  const proven = new Set<DateOrder>()
  for (const value of values) {
    const [, first, second] = NUMBERS_OF_DATE.exec(value) ?? []
    if (first === undefined || second === undefined) continue
    if (first.length === 4) proven.add('year-first')
    else if (Number(first) > 12) proven.add('day-first')
    else if (Number(second) > 12) proven.add('month-first')
  }
  return proven.size === 1 ? [...proven][0] : undefined
}

function plain(value: string): string {
  return asciiDigits(value.trim().toLowerCase())
}
