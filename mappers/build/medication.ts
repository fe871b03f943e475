import type { MedicationRequest, MedicationRequestDispenseRequest } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import { administration } from './administration.ts'
import type { Chart } from './chart.ts'
import { daysLong, daysOf, dosages } from './dosage.ts'
import { all, concept, count, keyOfCoded, moment, notes, optional, text, told } from './elements.ts'
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
