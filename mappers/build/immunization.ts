import type { Immunization } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, keyOfCoded, named, notes } from './elements.ts'
import { told } from './given.ts'
import { date, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'immunization'>

/** Doses of vaccines: one of the patient, whoever tells of it again. */
export function immunizations(chart: Chart): void {
  for (const given of chart.record.immunization ?? []) {
    const vaccine = named(given.vaccine)
    if (!vaccine) continue
    const own = text(told(given.id)?.value)
    const at = moment(given.at) ?? moment(chart.record.visit?.at)
    const which = `${keyOfCoded(given.vaccine)}\n${at?.slice(0, 10) ?? ''}\n${text(given.number) ?? ''}`
    const key = chart.itemKeyOf('Immunization', own, `${chart.patientKey}\n${which}`)
    chart.add(immunizationOf(chart, given, chart.id('Immunization', key), vaccine))
  }
}

function immunizationOf(
  chart: Chart,
  given: Given,
  id: string,
  vaccineCode: NonNullable<Immunization['vaccineCode']>,
): Immunization & { id: string } {
  const at = moment(given.at) ?? moment(chart.record.visit?.at)
  const [route, site] = [concept(given.route), concept(given.site)]
  const [reason, refusal] = [concept(given.reason), concept(given.refusal)]
  const maker = text(given.manufacturer)
  const dose = chart.amount(given.dose)
  const actor = chart.practitioner(given.by)
  const note = notes(given.notes)
  const identifier = chart.identifiers('immunization', undefined, given.id)
  const reported = told(given.reported)
  const number = text(given.number)
  const [recorded, lot, expires] = [moment(given.recorded), text(given.lot), date(given.expires)]
  const made = { resourceType: 'Immunization', id } as Immunization & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  made.status = refusal ? 'not-done' : (codeFor('immunization', text(given.status)) ?? 'completed')
  if (refusal) made.statusReason = refusal
  made.vaccineCode = vaccineCode
  made.patient = chart.subject ?? {}
  if (chart.encounter) made.encounter = chart.encounter
  if (at) made.occurrenceDateTime = at
  else made.occurrenceString = 'not told'
  if (recorded) made.recorded = recorded
  if (reported !== undefined) made.primarySource = !reported
  if (maker) made.manufacturer = { display: maker }
  if (lot) made.lotNumber = lot
  if (expires) made.expirationDate = expires
  if (site) made.site = site
  if (route) made.route = route
  if (dose) made.doseQuantity = dose
  if (actor) made.performer = [{ actor }]
  if (note.length > 0) made.note = note
  if (reason) made.reasonCode = [reason]
  if (number) made.protocolApplied = [numbered(number)]
  return made
}

function numbered(number: string): NonNullable<Immunization['protocolApplied']>[number] {
  return /^[1-9]\d?$/.test(number) ? { doseNumberPositiveInt: Number(number) } : { doseNumberString: number }
}
