/** A point in time as precisely as it was written: a year, a month, a day, or a time of day with or without its offset. */
export interface Moment {
  readonly year: number
  readonly month?: number
  readonly day?: number
  readonly hour?: number
  readonly minute?: number
  readonly second?: number
  /** Digits behind the seconds' point. */
  readonly fraction?: string
  /** `+05:30`, `Z`; absent: the zone of the source. */
  readonly offset?: string
}

/** Whether there is such a day and such a time. */
export function isPossible({ year, month, day, hour, minute, second }: Moment): boolean {
  if (year < 1000 || year > 9999) return false
  if (month !== undefined && (month < 1 || month > 12)) return false
  if (day !== undefined && (day < 1 || day > daysIn(year, month ?? 1))) return false
  return (hour ?? 0) < 24 && (minute ?? 0) < 60 && (second ?? 0) < 60
}

/** The FHIR date (https://hl7.org/fhir/R4/datatypes.html#date), its precision kept. */
export function dateOf({ year, month, day }: Moment): string {
  if (month === undefined) return String(year)
  if (day === undefined) return `${year}-${two(month)}`
  return `${year}-${two(month)}-${two(day)}`
}

/** The FHIR dateTime: a date, or with a time and an offset. Seconds are required there: a time without them is at :00. */
export function instantOf(moment: Moment, zone: string): string {
  const date = dateOf(moment)
  if (moment.hour === undefined || moment.day === undefined) return date
  const { hour, minute = 0, second = 0, fraction } = moment
  const time = `${two(hour)}:${two(minute)}:${two(second)}${fraction ? `.${fraction}` : ''}`
  return `${date}T${time}${moment.offset ?? offsetAt(zone, `${date}T${time}`)}`
}

/** `HH:mm:ss` */
export function timeOf({ hour = 0, minute = 0, second = 0 }: Moment): string {
  return `${two(hour)}:${two(minute)}:${two(second)}`
}

/** The date of a spreadsheet's number. Excel counts 1900-02-29, which never was, as day 60 (ECMA-376 part 1, 18.17.4.1). */
export function serialDay(days: number, since1904: boolean): string {
  const start = since1904 ? Date.UTC(1904, 0, 1) : days < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  return new Date(start + days * 86_400_000).toISOString().slice(0, 10)
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** The day in a zone. */
export function dayIn(zone: string, at: Date): string {
  if (zone === 'Asia/Kolkata') return dayOf(Math.floor((at.getTime() + 19_800_000) / 86_400_000))
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(at)
}

/** All records of a file arrived on one day: its text is kept. */
function dayOf(number: number): string {
  if (lastDay.number !== number) lastDay = { number, text: new Date(number * 86_400_000).toISOString().slice(0, 10) }
  return lastDay.text
}

let lastDay = { number: 0, text: '1970-01-01' }

function two(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/** India has had one offset since 1945; other zones are asked from Intl. */
function offsetAt(zone: string, local: string): string {
  if (zone === 'Asia/Kolkata') return '+05:30'
  if (/^[+-]\d\d:\d\d$/.test(zone)) return zone
  const shown = (at: number) => {
    const name = formatter(zone)
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value
    return name === undefined || name === 'GMT' ? '+00:00' : name.replace('GMT', '')
  }
  const first = shown(Date.parse(`${local}Z`))
  return shown(Date.parse(`${local}${first}`))
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(zone: string): Intl.DateTimeFormat {
  let one = formatters.get(zone)
  if (!one) formatters.set(zone, (one = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })))
  return one
}
