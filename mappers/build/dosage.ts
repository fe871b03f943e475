import type { Dosage, Quantity, TimingRepeat } from '@medplum/fhirtypes'
import type { Dose, Part } from '../canonical.ts'
import { ucumOf } from '../values/units.ts'
import { inUcum, type Chart } from './chart.ts'
import { concept, hl7Concept, period } from './elements.ts'
import { all } from './given.ts'
import { count, moment, text } from './primitives.ts'

type Given = Part<'medication'>

/** How a medicine is taken; a way alone is told too. */
export function dosages(chart: Chart, given: Given): Dosage[] {
  const route = concept(given.route)
  const doses = all(given.dose)
  const made: Dosage[] = []
  for (const dose of doses) made.push(dosage(chart, given, dose, doses.length > 1 ? made.length + 1 : undefined))
  return made.length > 0 || !route ? made : [{ route }]
}

function dosage(chart: Chart, given: Given, dose: Dose, sequence: number | undefined): Dosage {
  const timing = timingOf(given, dose)
  const route = concept(dose.route) ?? concept(given.route)
  const amount = dose.amount && amountOf(chart, dose.amount.number, dose.amount.unit)
  const most = dose.amount?.high === undefined ? undefined : amountOf(chart, dose.amount.high, dose.amount.unit)
  const words = text(dose.text)
  const made: Dosage = {}
  if (sequence) made.sequence = sequence
  if (words) made.text = words
  if (timing) made.timing = timing
  if (dose.asNeeded) made.asNeededBoolean = true
  if (route) made.route = route
  if (amount)
    made.doseAndRate = [isMore(most, amount) ? { doseRange: { low: amount, high: most } } : { doseQuantity: amount }]
  return made
}

function isMore(most: Quantity | undefined, amount: Quantity): most is Quantity {
  return most?.value !== undefined && amount.value !== undefined && most.value > amount.value
}

function amountOf(chart: Chart, number: string, unit: string | undefined): Quantity | undefined {
  if (unit === undefined) return chart.amount({ number })
  const ucum = ucumOf(unit)
  return chart.amount(ucum ? { number, unit, ucum } : { number, unit })
}

const WHEN = new Set([
  'MORN',
  'NOON',
  'AFT',
  'EVE',
  'NIGHT',
  'HS',
  'WAKE',
  'C',
  'CM',
  'CD',
  'CV',
  'AC',
  'ACM',
  'ACD',
  'ACV',
  'PC',
  'PCM',
  'PCD',
  'PCV',
  'PHS',
])
const GTS = new Set([
  'BID',
  'TID',
  'QID',
  'AM',
  'PM',
  'QD',
  'QOD',
  'Q1H',
  'Q2H',
  'Q3H',
  'Q4H',
  'Q6H',
  'Q8H',
  'BED',
  'WK',
  'MO',
])

function timingOf(given: Given, dose: Dose): Dosage['timing'] {
  const repeat = repeatOf(given, dose)
  const known = dose.timing !== undefined && GTS.has(dose.timing) ? dose.timing : undefined
  if (!repeat && !known) return undefined
  const made: Dosage['timing'] = {}
  if (repeat) made.repeat = repeat
  if (known) made.code = hl7Concept('v3-GTSAbbreviation', known)
  return made
}

function repeatOf(given: Given, dose: Dose): TimingRepeat | undefined {
  const repeat: TimingRepeat = {}
  const { every, timesPerDay, when } = dose
  const days = (dose.days ?? daysOf(given)) || undefined
  const bounds = days === undefined ? period(moment(given.start), moment(given.end)) : undefined
  if (days !== undefined) repeat.boundsDuration = daysLong(days)
  else if (bounds?.end) repeat.boundsPeriod = bounds
  if (every) setFrequency(repeat, timesPerDay ?? 1, every.number, every.unit)
  else if (timesPerDay) setFrequency(repeat, timesPerDay, 1, 'd')
  const known = when?.filter((one) => WHEN.has(one)) as TimingRepeat['when']
  if (known && known.length > 0) repeat.when = known
  return (repeat.boundsDuration ?? repeat.boundsPeriod ?? repeat.frequency ?? repeat.when) ? repeat : undefined
}

function setFrequency(
  repeat: TimingRepeat,
  times: number,
  every: number,
  unit: NonNullable<TimingRepeat['periodUnit']>,
): void {
  repeat.frequency = times
  repeat.period = every
  repeat.periodUnit = unit
}

export function daysOf(given: Given): number | undefined {
  return count(given.days)
}

export function daysLong(days: number): Quantity {
  return inUcum({ value: days, unit: 'days' }, 'd')
}
