import type {
  CodeableConcept,
  MedicationDispense,
  MedicationRequest,
  MedicationRequestDispenseRequest,
} from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import { administration } from './administration.ts'
import type { Chart } from './chart.ts'
import { daysLong, daysOf, dosages } from './dosage.ts'
import { concept, keyOfCoded, named, notes } from './elements.ts'
import { all, defined, each, told } from './given.ts'
import { count, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'medication'>

/** A prescribed medicine, and what was given out of it; or what was taken on the ward. */
export function medications(chart: Chart): void {
  for (const given of chart.record.medication ?? []) medication(chart, given)
}

function medication(chart: Chart, given: Given): void {
  const drug = drugOf(given)
  if (!drug) {
    if (all(given.dose).length > 0) chart.find('VALUE_NEEDED', 'medication.drug', { level: 'warning' })
    return
  }
  if (text(given.kind) === 'administration') return administration(chart, given, drug)
  const own = text(told(given.id)?.value)
  const from = chart.visitKey || chart.context.key || chart.patientKey
  const key = chart.itemKeyOf(
    'MedicationRequest',
    own,
    `${from}\n${keyOfCoded(given.drug)}\n${moment(given.start) ?? ''}`,
  )
  const isDispense = text(given.kind) === 'dispense'
  const request = chart.add(
    requestOf(chart, given, drug, chart.id('MedicationRequest', key)),
    isDispense ? 'keep' : 'whole',
  )
  if (isDispense || told(given.dispensedAt) || told(given.dispenseQuantity)) dispense(chart, given, drug, key, request)
}

/** Form, strength and what is mixed in stand in the text, for R4 has no place for them beside a code. */
function drugOf(given: Given): MedicationRequest['medicationCodeableConcept'] {
  const drug = named(given.drug)
  if (!drug) return undefined
  const [strength, form] = [told(given.strength), told(given.form)]
  if (!strength && !form && !given.ingredient) return drug
  const more = defined([
    text(strength?.text ?? [strength?.number, strength?.unit].filter(Boolean).join(' ')),
    text(form?.text ?? form?.codings[0]?.display),
  ]).filter((one) => !drug.text?.toLowerCase().includes(one.toLowerCase()))
  const name = nameOf(drug)
  const others = each(given.ingredient ?? [], ingredient).filter(
    (one) => !name.toLowerCase().includes(one.name.toLowerCase()),
  )
  if (others.length > 0) more.push(`with ${others.map((one) => `${one.name} ${one.amount}`.trim()).join(', ')}`)
  return more.length > 0 ? { ...drug, text: [name, ...more].join(' ') } : drug
}

function nameOf({ text: words, coding: [first] = [] }: CodeableConcept): string {
  return words ?? first?.display ?? first?.code ?? ''
}

function ingredient({ drug, amount }: Part<'ingredient'>): { name: string; amount: string } | undefined {
  const what = concept(drug)
  const much = told(amount)
  const measured = text(much?.text ?? [much?.number, much?.unit].filter(Boolean).join(' '))
  return what && { name: nameOf(what), amount: measured ?? '' }
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
  const made = { resourceType: 'MedicationRequest', id } as MedicationRequest & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = statusOf(chart, given)
  made.intent = codeFor('medicationIntent', text(given.intent)) ?? 'order'
  made.medicationCodeableConcept = drug ?? {}
  made.subject = chart.subject ?? {}
  if (chart.encounter) made.encounter = chart.encounter
  if (authored) made.authoredOn = authored
  if (requester) made.requester = requester
  if (reason) made.reasonCode = [reason]
  if (note.length > 0) made.note = note
  if (dosage.length > 0) made.dosageInstruction = dosage
  if (supply) made.dispenseRequest = supply
  if (allowed !== undefined) made.substitution = { allowedBoolean: allowed }
  return made
}

/** Written and nothing else told: it is active, for that is what writing a prescription makes it. */
function statusOf(chart: Chart, given: Given): NonNullable<MedicationRequest['status']> {
  const known = codeFor('medication', text(given.status))
  if (chart.record.event?.action === 'cancel' && !chart.record.appointment && known === undefined) return 'cancelled'
  return known ?? (given.status === undefined ? 'active' : 'unknown')
}

function dispenseRequest(chart: Chart, given: Given): MedicationRequestDispenseRequest | undefined {
  const quantity = chart.amount(given.quantity)
  const days = daysOf(given) ?? all(given.dose)[0]?.days
  const refills = count(given.refills, 0)
  if (refills === undefined && !quantity && !days) return undefined
  const made: MedicationRequestDispenseRequest = {}
  if (refills !== undefined) made.numberOfRepeatsAllowed = refills
  if (quantity) made.quantity = quantity
  if (days) made.expectedSupplyDuration = daysLong(days)
  return made
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
  const made: MedicationDispense & { id: string } = {
    resourceType: 'MedicationDispense',
    id: chart.id('MedicationDispense', chart.itemKey('MedicationDispense', `${key}\n${at ?? ''}`)),
    status: 'completed',
    medicationCodeableConcept: drug ?? {},
  }
  if (chart.subject) made.subject = chart.subject
  if (chart.encounter) made.context = chart.encounter
  if (actor) made.performer = [{ actor }]
  made.authorizingPrescription = [request]
  if (quantity) made.quantity = quantity
  if (at) made.whenHandedOver = at
  if (dosage.length > 0) made.dosageInstruction = dosage
  chart.add(made)
}
