import type {
  Dosage,
  MedicationRequest,
  MedicationRequestDispenseRequest,
  Quantity,
  TimingRepeat,
} from '@medplum/fhirtypes'
import type { Dose, Part } from '../canonical.ts'
import { hl7, systems } from '../values/systems.ts'
import { ucumOf } from '../values/units.ts'
import type { Chart } from './chart.ts'
import { all, concept, count, keyOfCoded, moment, notes, optional, period, text, told } from './elements.ts'
import { codeFor } from './words.ts'

type Given = Part<'medication'>

/** A prescribed medicine, and what was given out of it. */
export function medications(chart: Chart): void {
  for (const given of chart.record.medication ?? []) medication(chart, given)
}

function medication(chart: Chart, given: Given): void {
  const drug = drugOf(given)
  if (!drug) {
    if (all(given.dose).length > 0) chart.find('VALUE_NEEDED', 'medication.drug', { level: 'warning' })
    return
  }
  const own = text(told(given.id)?.value)
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const key = chart.itemKeyOf('MedicationRequest', own, from, keyOfCoded(given.drug), moment(given.start) ?? '')
  const isDispense = text(given.kind) === 'dispense'
  const request = chart.add(
    requestOf(chart, given, drug, chart.id('MedicationRequest', key)),
    isDispense ? 'keep' : 'whole',
  )
  if (isDispense || told(given.dispensedAt) || told(given.dispenseQuantity)) dispense(chart, given, drug, key, request)
}

/** Form and strength stand in the text, for R4 has no place for them beside a code. */
function drugOf(given: Given): MedicationRequest['medicationCodeableConcept'] {
  const drug = concept(given.drug)
  if (!drug) return undefined
  const strength = told(given.strength)
  const more = [
    text(strength?.text ?? [strength?.number, strength?.unit].filter(Boolean).join(' ')),
    text(told(given.form)?.text ?? told(given.form)?.codings[0]?.display),
  ].filter((one) => one !== undefined && !drug.text?.toLowerCase().includes(one.toLowerCase()))
  const name = drug.text ?? drug.coding?.[0]?.display ?? drug.coding?.[0]?.code
  return more.length > 0 ? { ...drug, text: [name, ...more].join(' ') } : drug
}

function requestOf(
  chart: Chart,
  given: Given,
  drug: MedicationRequest['medicationCodeableConcept'],
  id: string,
): MedicationRequest & { id: string } {
  const identifier = chart.identifiers('prescription', undefined, given.id, ...all(given.otherIds))
  const requester = chart.practitioner(given.by) ?? chart.practitioner(chart.record.visit?.doctor)
  const authored = moment(given.at) ?? moment(given.start) ?? moment(chart.record.visit?.at)
  const reason = concept(given.reason)
  const dosage = dosages(chart, given)
  const note = notes(given.notes)
  const supply = dispenseRequest(chart, given)
  const allowed = told(given.substitution)
  return {
    resourceType: 'MedicationRequest',
    id,
    ...(identifier.length > 0 && { identifier }),
    status: statusOf(chart, given),
    intent: codeFor('medicationIntent', text(given.intent)) ?? 'order',
    medicationCodeableConcept: drug ?? {},
    subject: chart.subject ?? {},
    ...optional('encounter', chart.encounter),
    ...optional('authoredOn', authored),
    ...(requester && { requester }),
    ...(reason && { reasonCode: [reason] }),
    ...(note.length > 0 && { note }),
    ...(dosage.length > 0 && { dosageInstruction: dosage }),
    ...(supply && { dispenseRequest: supply }),
    ...(allowed !== undefined && { substitution: { allowedBoolean: allowed } }),
  }
}

/** Written and nothing else told: it is active, for that is what writing a prescription makes it. */
function statusOf(chart: Chart, given: Given): NonNullable<MedicationRequest['status']> {
  const known = codeFor('medication', text(given.status))
  if (chart.record.event?.action === 'cancel' && !chart.record.appointment && known === undefined) return 'cancelled'
  return known ?? (given.status === undefined ? 'active' : 'unknown')
}

function dosages(chart: Chart, given: Given): Dosage[] {
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

function daysOf(given: Given): number | undefined {
  return count(given.days)
}

function daysLong(days: number): Quantity {
  return { value: days, unit: 'days', system: systems['ucum'] ?? '', code: 'd' }
}

function dispenseRequest(chart: Chart, given: Given): MedicationRequestDispenseRequest | undefined {
  const quantity = chart.amount(given.quantity)
  const days = daysOf(given) ?? all(given.dose)[0]?.days
  const refills = count(given.refills, 0)
  const made = {
    ...optional('numberOfRepeatsAllowed', refills),
    ...(quantity && { quantity }),
    ...(days && { expectedSupplyDuration: daysLong(days) }),
  }
  return Object.keys(made).length > 0 ? made : undefined
}

function dispense(
  chart: Chart,
  given: Given,
  drug: MedicationRequest['medicationCodeableConcept'],
  key: string,
  request: { reference?: string },
): void {
  const at = moment(given.dispensedAt)
  const actor = chart.practitioner(given.dispenser)
  const quantity = chart.amount(given.dispenseQuantity) ?? chart.amount(given.quantity)
  const dosage = dosages(chart, given)
  chart.add({
    resourceType: 'MedicationDispense',
    id: chart.id('MedicationDispense', chart.itemKey('MedicationDispense', key, at ?? '')),
    status: 'completed',
    medicationCodeableConcept: drug ?? {},
    ...optional('subject', chart.subject),
    ...optional('context', chart.encounter),
    ...(actor && { performer: [{ actor }] }),
    authorizingPrescription: [request],
    ...(quantity && { quantity }),
    ...optional('whenHandedOver', at),
    ...(dosage.length > 0 && { dosageInstruction: dosage }),
  })
}
