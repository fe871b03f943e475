/** A birth as precisely as it is known: a day, a month, or a year that an age gave. */
export interface Birth {
  readonly year: number
  readonly month?: number
  readonly day?: number
  /** Reckoned from an age, or 1 January, which clerks write for "some day of that year". */
  readonly estimated: boolean
}

/** Undefined for what is no date, and for what nobody alive can have (the month is checked, the calendar is FHIR's business). */
export function birthOf(text: string | undefined, estimated: boolean): Birth | undefined {
  const found = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(text ?? '')
  if (!found) return undefined
  const [year, month, day] = [found[1], found[2], found[3]].map((part) =>
    part === undefined ? undefined : Number(part),
  )
  if (year === undefined || year < 1850 || year > 2200) return undefined
  if (month === undefined) return { year, estimated: true }
  if (month < 1 || month > 12 || (day !== undefined && (day < 1 || day > 31))) return undefined
  if (day === undefined) return { year, month, estimated: true }
  return { year, month, day, estimated: estimated || (month === 1 && day === 1) }
}

export type BirthLevel =
  'day' | 'slip' | 'month' | 'year' | 'near' | 'far' | 'age' | 'age near' | 'age rough' | 'age far'

/**
 * Two full dates are compared as dates; as soon as one is an estimate, the years alone, with a tolerance that grows with age
 * (a tenth of it): people and clerks round to fives and tens. `asOf` is the year ages are reckoned in.
 */
export function compareBirths(a: Birth, b: Birth, asOf: number): BirthLevel {
  const gap = Math.abs(a.year - b.year)
  const exact = a.day !== undefined && b.day !== undefined
  if (exact && a.year === b.year && a.month === b.month && a.day === b.day) return a.estimated ? 'age' : 'day'
  if (exact && !a.estimated && !b.estimated) {
    if (isSlip(a, b)) return 'slip'
    if (gap === 0) return a.month === b.month ? 'month' : 'year'
    return gap <= 2 ? 'near' : 'far'
  }
  const age = Math.max(0, asOf - Math.min(a.year, b.year))
  if (gap <= 1) return 'age'
  if (gap <= Math.max(2, Math.min(3, age / 12))) return 'age near'
  return gap <= Math.max(2, Math.min(7, age / 8)) ? 'age rough' : 'age far'
}

/** Day and month exchanged, or one digit wrong, or two neighbouring digits exchanged. */
function isSlip(a: Birth, b: Birth): boolean {
  if (a.year === b.year && a.month === b.day && a.day === b.month) return true
  return isOneSlip(digits(a), digits(b))
}

function digits({ year, month = 0, day = 0 }: Birth): string {
  return `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`
}

/** Two texts of one length that differ by one letter, or by two neighbours exchanged. */
export function isOneSlip(x: string, y: string): boolean {
  if (x.length !== y.length || x === y) return false
  let i = 0
  while (x[i] === y[i]) i++
  if (x.slice(i + 1) === y.slice(i + 1)) return true
  return x[i] === y[i + 1] && x[i + 1] === y[i] && x.slice(i + 2) === y.slice(i + 2)
}

/** Completed years between two births: how sure it is that they are of different generations. */
export function yearsApart(a: Birth, b: Birth): number {
  return Math.abs(a.year - b.year)
}
