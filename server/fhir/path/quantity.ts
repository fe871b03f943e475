import type { CalendarUnit } from './temporal.ts'

/** A number with a unit: a UCUM code, or a calendar word (`4 days`), which equals the UCUM unit from seconds down. */
export class Quantity {
  constructor(
    readonly value: number,
    readonly unit: string,
  ) {}

  toString(): string {
    return calendarWords.has(this.unit) ? `${this.value} ${this.unit}` : `${this.value} '${this.unit}'`
  }

  /** -1, 0, 1; undefined when the units cannot be compared. */
  compare(other: Quantity): number | undefined {
    const left = base(this.unit)
    const right = base(other.unit)
    if (left[0] !== right[0]) return undefined
    const difference = this.value * left[1] - other.value * right[1]
    const size = Math.max(Math.abs(this.value * left[1]), Math.abs(other.value * right[1]))
    return Math.abs(difference) <= size * 1e-12 ? 0 : Math.sign(difference)
  }

  /** This quantity in another unit of its kind. */
  in(unit: string): Quantity | undefined {
    const from = base(this.unit)
    const to = base(unit)
    return from[0] === to[0] ? new Quantity((this.value * from[1]) / to[1], unit) : undefined
  }

  /** The unit for date arithmetic; UCUM's year and month are durations, not calendar ones, so they have none. */
  calendarUnit(): CalendarUnit | undefined {
    return calendarWords.get(this.unit) ?? calendarCodes.get(this.unit)
  }
}

const calendarWords: ReadonlyMap<string, CalendarUnit> = new Map(
  (['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const).flatMap((unit) => [
    [unit, unit] as const,
    [`${unit}s`, unit] as const,
  ]),
)
const calendarCodes: ReadonlyMap<string, CalendarUnit> = new Map([
  ['wk', 'week'],
  ['d', 'day'],
  ['h', 'hour'],
  ['min', 'minute'],
  ['s', 'second'],
  ['ms', 'millisecond'],
])

export function isCalendarWord(unit: string): boolean {
  return calendarWords.has(unit)
}

/** The few UCUM units that are converted; any other is comparable with itself only. */
const bases: Readonly<Record<string, readonly [string, number]>> = {
  kg: ['g', 1e3],
  g: ['g', 1],
  mg: ['g', 1e-3],
  ug: ['g', 1e-6],
  ng: ['g', 1e-9],
  '[lb_av]': ['g', 453.59237],
  '[oz_av]': ['g', 28.349523125],
  km: ['m', 1e3],
  m: ['m', 1],
  dm: ['m', 0.1],
  cm: ['m', 1e-2],
  mm: ['m', 1e-3],
  um: ['m', 1e-6],
  '[in_i]': ['m', 0.0254],
  '[ft_i]': ['m', 0.3048],
  L: ['L', 1],
  l: ['L', 1],
  dL: ['L', 0.1],
  dl: ['L', 0.1],
  mL: ['L', 1e-3],
  ml: ['L', 1e-3],
  uL: ['L', 1e-6],
  wk: ['s', 604_800],
  d: ['s', 86_400],
  h: ['s', 3600],
  min: ['s', 60],
  s: ['s', 1],
  ms: ['s', 1e-3],
  week: ['s', 604_800],
  day: ['s', 86_400],
  hour: ['s', 3600],
  minute: ['s', 60],
  second: ['s', 1],
  millisecond: ['s', 1e-3],
  a: ['a', 1],
  mo: ['a', 1 / 12],
  year: ['year', 12],
  month: ['year', 1],
  '1': ['1', 1],
  '%': ['1', 0.01],
}

function base(unit: string): readonly [string, number] {
  const singular = calendarWords.get(unit) ?? unit
  return Object.hasOwn(bases, singular) ? (bases[singular] as readonly [string, number]) : [unit, 1]
}
