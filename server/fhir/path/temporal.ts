/** Dates and times of FHIRPath with their precision (http://hl7.org/fhirpath/N1/#comparison). */
export class Temporal {
  /** Year, month, day, hour, minute, second with its fraction; as many as the text gave. */
  readonly parts: readonly number[]

  private constructor(
    readonly kind: 'Date' | 'DateTime' | 'Time',
    parts: readonly number[],
    /** Minutes east of UTC. */
    readonly offset: number | undefined,
    readonly text: string,
  ) {
    this.parts = parts
  }

  static parse(text: string): Temporal | undefined {
    const time = timePattern.exec(text)
    if (time) return Temporal.ofTime(time, text)
    const match = datePattern.exec(text)
    if (!match) return undefined
    const [, year, month, day, t, hour, minute, second, zone] = match
    const parts = [year, month, day, hour, minute, second].filter((part) => part !== undefined).map(Number)
    if (!inRange(parts)) return undefined
    if (day === undefined && hour !== undefined) return undefined
    return new Temporal(
      t === undefined ? 'Date' : 'DateTime',
      parts,
      zone === undefined ? undefined : minutesOf(zone),
      text,
    )
  }

  private static ofTime(match: RegExpExecArray, text: string): Temporal | undefined {
    const parts = match
      .slice(1, 4)
      .filter((part) => part !== undefined)
      .map(Number)
    const [hour = 0, minute = 0, second = 0] = parts
    if (hour > 23 || minute > 59 || second >= 60) return undefined
    return new Temporal('Time', parts, undefined, text.replace(/^T/, ''))
  }

  /** From parts in UTC or, without an offset, as they are. */
  static of(kind: Temporal['kind'], parts: readonly number[], offset?: number, fraction = false): Temporal {
    return new Temporal(kind, parts, offset, write(kind, parts, offset, fraction))
  }

  toString(): string {
    return this.text
  }

  /** -1, 0, 1; undefined when precision or a missing zone leaves it open, or the kinds differ. */
  compare(other: Temporal): number | undefined {
    if ((this.kind === 'Time') !== (other.kind === 'Time')) return undefined
    if (this.lacksZone() !== other.lacksZone() && this.parts.length > 3 && other.parts.length > 3) return undefined
    const left = this.utc()
    const right = other.utc()
    const shared = Math.min(left.length, right.length)
    for (let i = 0; i < shared; i++) {
      const difference = (left[i] as number) - (right[i] as number)
      if (difference !== 0) return difference < 0 ? -1 : 1
    }
    return left.length === right.length ? 0 : undefined
  }

  /** Same precision and same moment (equivalence). */
  equivalent(other: Temporal): boolean {
    return this.utc().length === other.utc().length && this.compare(other) === 0
  }

  private lacksZone(): boolean {
    return this.offset === undefined
  }

  private utc(): readonly number[] {
    if (!this.offset || this.parts.length < 4) return this.parts
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = this.parts
    const at = new Date(Date.UTC(year, month - 1, day, hour, minute - this.offset))
    const parts = [
      at.getUTCFullYear(),
      at.getUTCMonth() + 1,
      at.getUTCDate(),
      at.getUTCHours(),
      at.getUTCMinutes(),
      second,
    ]
    return parts.slice(0, this.parts.length)
  }

  /** Calendar arithmetic (http://hl7.org/fhirpath/N1/#datetime-arithmetic); undefined for a unit that does not fit. */
  add(exact: number, unit: CalendarUnit): Temporal | undefined {
    const amount = Math.trunc(exact)
    if (this.kind === 'Time') return this.addToTime(amount, unit)
    const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0] = this.parts
    if (this.parts.length === 1 && unit !== 'year') return this.addWhole(Math.trunc(amount / perYear[unit]), 'year')
    if (this.parts.length === 2 && unit !== 'year' && unit !== 'month') {
      return this.addWhole(Math.trunc(amount / perMonth[unit]), 'month')
    }
    if (unit === 'year' || unit === 'month') return this.addWhole(amount, unit)
    const whole =
      this.kind === 'Date' && this.parts.length === 3
        ? Math.trunc((amount * milliseconds[unit]) / 86_400_000) * 86_400_000
        : undefined
    const at = utcTime(year, month, day, hour, minute) + second * 1000 + (whole ?? amount * milliseconds[unit])
    return this.with(partsOf(at))
  }

  private addWhole(amount: number, unit: 'year' | 'month'): Temporal | undefined {
    const [year = 1, month = 1, day] = this.parts
    const months = year * 12 + month - 1 + amount * (unit === 'year' ? 12 : 1)
    const newYear = Math.floor(months / 12)
    const newMonth = (((months % 12) + 12) % 12) + 1
    const parts = [newYear, newMonth, Math.min(day ?? 1, daysIn(newYear, newMonth)), ...this.parts.slice(3)]
    return this.with(parts)
  }

  private addToTime(amount: number, unit: CalendarUnit): Temporal | undefined {
    if (unit === 'year' || unit === 'month') return undefined
    const [hour = 0, minute = 0, second = 0] = this.parts
    const day = 86_400_000
    const at = (hour * 60 + minute) * 60_000 + second * 1000 + amount * milliseconds[unit]
    return this.with(partsOf(((at % day) + day) % day).slice(3))
  }

  private with(parts: readonly number[]): Temporal | undefined {
    const year = this.kind === 'Time' ? 1 : (parts[0] as number)
    if (year < 1 || year > 9999 || Number.isNaN(year)) return undefined
    return Temporal.of(this.kind, parts.slice(0, this.parts.length), this.offset, this.text.includes('.'))
  }
}

export type CalendarUnit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'

const datePattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:(T)(?:(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?(Z|[+-]\d\d:\d\d)?)?$/
const timePattern = /^T?(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?$/

const milliseconds: Readonly<Record<CalendarUnit, number>> = {
  year: 365 * 86_400_000,
  month: 30 * 86_400_000,
  week: 7 * 86_400_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
}
const perYear = mapped((unit) => (unit === 'month' ? 12 : milliseconds.year / milliseconds[unit]))
const perMonth = mapped((unit) => milliseconds.month / milliseconds[unit])

function mapped(of: (unit: CalendarUnit) => number): Readonly<Record<CalendarUnit, number>> {
  return Object.fromEntries(Object.keys(milliseconds).map((unit) => [unit, of(unit as CalendarUnit)])) as Record<
    CalendarUnit,
    number
  >
}

function inRange(parts: readonly number[]): boolean {
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 61
}

function daysIn(year: number, month: number): number {
  return new Date(utcTime(year, month + 1, 0, 0, 0)).getUTCDate()
}

/** Date.UTC takes years below 100 for 1900 + year. */
function utcTime(year: number, month: number, day: number, hour: number, minute: number): number {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  return at.setUTCHours(hour, minute)
}

function partsOf(at: number): number[] {
  const date = new Date(at)
  return [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds() + date.getUTCMilliseconds() / 1000,
  ]
}

function minutesOf(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))
  return zone.startsWith('-') ? -minutes : minutes
}

function write(
  kind: Temporal['kind'],
  parts: readonly number[],
  offset: number | undefined,
  fraction: boolean,
): string {
  const seconds = kind === 'Time' ? 2 : 5
  const texts = parts.map((part, i) => (i === seconds && fraction ? part.toFixed(3).padStart(6, '0') : twoDigits(part)))
  if (kind === 'Time') return texts.join(':')
  const date = [String(parts[0]).padStart(4, '0'), ...texts.slice(1, 3)].join('-')
  if (kind === 'Date') return date
  return `${date}T${texts.slice(3).join(':')}${parts.length > 3 && offset !== undefined ? zoneText(offset) : ''}`
}

function twoDigits(part: number): string {
  return Number.isInteger(part) ? String(part).padStart(2, '0') : part.toFixed(3).padStart(6, '0')
}

function zoneText(offset: number): string {
  if (offset === 0) return 'Z'
  const minutes = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`
}
