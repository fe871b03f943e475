import type { MedicationAdministration } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, keyOfCoded, moment, notes, optional, period, text, told } from './elements.ts'
import { dosages } from './dosage.ts'
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
  const key = chart.itemKey('MedicationAdministration', from, keyOfCoded(given.drug), start ?? '')
  const identifier = chart.identifiers('prescription', undefined, given.id)
  const actor = chart.practitioner(given.by)
  const reason = concept(given.reason)
  const [dose] = dosages(chart, given)
  const amount = dose?.doseAndRate?.[0]?.doseQuantity
  // Without an amount there is no dosage (R4's mad-1): its words are a note.
  const note = notes(given.notes, amount ? undefined : dose?.text)
  chart.add({
    resourceType: 'MedicationAdministration',
    id: chart.id('MedicationAdministration', key),
    ...(identifier.length > 0 && { identifier }),
    status: codeFor('administration', text(given.status)) ?? (given.status === undefined ? 'completed' : 'unknown'),
    medicationCodeableConcept: drug ?? {},
    subject: chart.subject ?? {},
    ...optional('context', chart.encounter),
    ...(end ? { effectivePeriod: period(start, end) ?? {} } : { effectiveDateTime: start ?? timeOf(chart) }),
    ...(actor && { performer: [{ actor }] }),
    ...(reason && { reasonCode: [reason] }),
    ...(note.length > 0 && { note }),
    ...(amount && {
      dosage: { ...optional('text', dose?.text), ...optional('route', dose?.route), dose: amount },
    }),
  })
}

/** R4 wants a time. The nearest that is known: when the message was made, the visit, the day of arrival. */
function timeOf({ record, context }: Chart): string {
  return moment(record.event?.at) ?? moment(record.visit?.at) ?? context.receivedAt.toISOString().slice(0, 10)
}
