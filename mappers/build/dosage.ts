import type { Dosage, Quantity, TimingRepeat } from '@medplum/fhirtypes'
import type { Dose, Part } from '../canonical.ts'
import { hl7, systems } from '../values/systems.ts'
import { ucumOf } from '../values/units.ts'
import type { Chart } from './chart.ts'
import { all, concept, count, moment, optional, period, text } from './elements.ts'

type Given = Part<'medication'>

/** How a medicine is taken; a way alone is told too. */
export function dosages(chart: Chart, given: Given): Dosage[] {
  const route = concept(given.route)
  const doses = all(given.dose)
  const made = doses.map((dose, i) => dosage(chart, given, dose, doses.length > 1 ? i + 1 : undefined))
  return made.length > 0 || !route ? made : [{ route }]
}

function dosage(chart: Chart, given: Given, dose: Dose, sequence: number | undefined): Dosage {
  const timing = timingOf(given, dose)
  const route = concept(dose.route) ?? concept(given.route)
  const amount = dose.amount && chart.amount({ ...dose.amount, ...unitOf(dose.amount.unit) })
  return {
    ...optional('sequence', sequence),
    ...optional('text', text(dose.text)),
    ...(timing && { timing }),
    ...(dose.asNeeded && { asNeededBoolean: true }),
    ...(route && { route }),
    ...(amount && { doseAndRate: [{ doseQuantity: amount }] }),
  }
}

function unitOf(unit: string | undefined): { ucum?: string } {
  const ucum = unit === undefined ? undefined : ucumOf(unit)
  return ucum ? { ucum } : {}
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
  return {
    ...(repeat && { repeat }),
    ...(known && { code: { coding: [{ system: hl7('v3-GTSAbbreviation'), code: known }] } }),
  }
}

function repeatOf(given: Given, dose: Dose): TimingRepeat | undefined {
  const repeat: TimingRepeat = {}
  const { every, timesPerDay, when } = dose
  const days = (dose.days ?? daysOf(given)) || undefined
  const bounds = days === undefined ? period(moment(given.start), moment(given.end)) : undefined
  if (days !== undefined) repeat.boundsDuration = daysLong(days)
  else if (bounds?.end) repeat.boundsPeriod = bounds
  if (every) Object.assign(repeat, { frequency: timesPerDay ?? 1, period: every.number, periodUnit: every.unit })
  else if (timesPerDay) Object.assign(repeat, { frequency: timesPerDay, period: 1, periodUnit: 'd' })
  const known = when?.filter((one) => WHEN.has(one)) as TimingRepeat['when']
  if (known && known.length > 0) repeat.when = known
  return (repeat.boundsDuration ?? repeat.boundsPeriod ?? repeat.frequency ?? repeat.when) ? repeat : undefined
}

export function daysOf(given: Given): number | undefined {
  return count(given.days)
}

export function daysLong(days: number): Quantity {
  return { value: days, unit: 'days', system: systems['ucum'] ?? '', code: 'd' }
}
