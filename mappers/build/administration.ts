import type { Dosage, MedicationAdministration, MedicationAdministrationDosage, Quantity } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, keyOfCoded, notes, period } from './elements.ts'
import { told } from './given.ts'
import { dosages } from './dosage.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'medication'>

/** What a patient was given on the ward. One order is given many times, so the time is part of what it is known by. */
export function administration(
  chart: Chart,
  given: Given,
  drug: MedicationAdministration['medicationCodeableConcept'],
): void {
  const own = text(told(given.id)?.value)
  const [start, end] = [moment(given.start) ?? moment(given.at), moment(given.end)]
  const from = own ?? (chart.visitKey || chart.context.key || chart.patientKey)
  const key = chart.itemKey('MedicationAdministration', `${from}\n${keyOfCoded(given.drug)}\n${start ?? ''}`)
  const identifier = chart.identifiers('prescription', undefined, given.id)
  const actor = chart.practitioner(given.by)
  const reason = concept(given.reason)
  const [dose] = dosages(chart, given)
  const amount = dose?.doseAndRate?.[0]?.doseQuantity
  // Without an amount there is no dosage (R4's mad-1): its words are a note.
  const note = notes(given.notes, amount ? undefined : dose?.text)
  const id = chart.id('MedicationAdministration', key)
  const made = { resourceType: 'MedicationAdministration', id } as MedicationAdministration & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = codeFor('administration', text(given.status)) ?? (given.status === undefined ? 'completed' : 'unknown')
  made.medicationCodeableConcept = drug ?? {}
  made.subject = chart.subject ?? {}
  if (chart.encounter) made.context = chart.encounter
  if (end) made.effectivePeriod = period(start, end) ?? {}
  else made.effectiveDateTime = start ?? timeOf(chart)
  if (actor) made.performer = [{ actor }]
  if (reason) made.reasonCode = [reason]
  if (note.length > 0) made.note = note
  if (dose && amount) made.dosage = dosageOf(dose, amount)
  chart.add(made)
}

function dosageOf({ text: words, route }: Dosage, amount: Quantity): MedicationAdministrationDosage {
  const made: MedicationAdministrationDosage = {}
  if (words) made.text = words
  if (route) made.route = route
  made.dose = amount
  return made
}

/** R4 wants a time. The nearest that is known: when the message was made, the visit, the day of arrival. */
function timeOf({ record, context }: Chart): string {
  return moment(record.event?.at) ?? moment(record.visit?.at) ?? context.receivedAt.toISOString().slice(0, 10)
}
