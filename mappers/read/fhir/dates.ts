import type { DateReading } from '../../values/date-parts.ts'
import { makeDateReader } from '../../values/dates.ts'
import { dateOf, dayIn, instantOf, type Moment } from '../../values/moments.ts'
import type { SourceOptions } from '../source.ts'

export interface DateHabits {
  readonly order: SourceOptions['dates']
  readonly zone: string
  /** Of arrival: what two-digit years are reckoned from. */
  readonly year: number
}

/** A FHIR date from what was written instead; a day told as an instant is the day in the zone. */
export function fixedDate(text: string, { order, zone, year }: DateHabits): string | undefined {
  const moment = plainly(makeDateReader(order)(text, year))
  if (!moment) return undefined
  if (moment.hour === undefined || moment.offset === undefined) return dateOf(moment)
  return dayIn(zone, new Date(instantOf(moment, zone)))
}

/** A FHIR dateTime; what has a time but no zone was told in the zone of the facility. */
export function fixedDateTime(text: string, { order, zone, year }: DateHabits): string | undefined {
  const moment = plainly(makeDateReader(order)(text, year))
  return moment && instantOf(moment, zone)
}

/** A number is no date in FHIR: there it is no spreadsheet's either. */
function plainly({ value, fault }: DateReading): Moment | undefined {
  return fault === 'DATE_SERIAL' ? undefined : value
}
