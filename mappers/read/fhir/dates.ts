import { makeDateReader } from '../../values/dates.ts'
import { dateOf, dayIn, instantOf } from '../../values/moments.ts'
import type { SourceOptions } from '../source.ts'

export interface DateHabits {
  readonly order: SourceOptions['dates']
  readonly zone: string
  /** Of arrival: what two-digit years are reckoned from. */
  readonly year: number
}

/** A FHIR date from what was written instead; a day told as an instant is the day in the zone. */
export function fixedDate(text: string, { order, zone, year }: DateHabits): string | undefined {
  const moment = makeDateReader(order)(text, year).value
  if (!moment) return undefined
  if (moment.hour === undefined || moment.offset === undefined) return dateOf(moment)
  return dayIn(zone, new Date(instantOf(moment, zone)))
}

/** A FHIR dateTime; what has a time but no zone was told in the zone of the facility. */
export function fixedDateTime(text: string, { order, zone, year }: DateHabits): string | undefined {
  const moment = makeDateReader(order)(text, year).value
  return moment && instantOf(moment, zone)
}
