import type { Immunization } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import type { Chart } from './chart.ts'
import { concept, date, keyOfCoded, moment, notes, optional, text, told } from './elements.ts'
import { codeFor } from './words.ts'

type Given = Part<'immunization'>

/** Doses of vaccines: one of the patient, whoever tells of it again. */
export function immunizations(chart: Chart): void {
  for (const given of chart.record.immunization ?? []) {
    const vaccine = concept(given.vaccine)
    if (!vaccine) continue
    const own = text(told(given.id)?.value)
    const at = moment(given.at) ?? moment(chart.record.visit?.at)
    const which = [keyOfCoded(given.vaccine), at?.slice(0, 10) ?? '', text(given.number) ?? '']
    const key = chart.itemKeyOf('Immunization', own, chart.patientKey, ...which)
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
  return {
    resourceType: 'Immunization',
    id,
    ...(identifier.length > 0 && { identifier }),
    status: refusal ? 'not-done' : (codeFor('immunization', text(given.status)) ?? 'completed'),
    ...(refusal && { statusReason: refusal }),
    vaccineCode,
    patient: chart.subject ?? {},
    ...optional('encounter', chart.encounter),
    ...(at ? { occurrenceDateTime: at } : { occurrenceString: 'not told' }),
    ...optional('recorded', moment(given.recorded)),
    ...(reported !== undefined && { primarySource: !reported }),
    ...(maker && { manufacturer: { display: maker } }),
    ...optional('lotNumber', text(given.lot)),
    ...optional('expirationDate', date(given.expires)),
    ...(site && { site }),
    ...(route && { route }),
    ...(dose && { doseQuantity: dose }),
    ...(actor && { performer: [{ actor }] }),
    ...(note.length > 0 && { note }),
    ...(reason && { reasonCode: [reason] }),
    ...(number && { protocolApplied: [numbered(number)] }),
  }
}

function numbered(number: string): NonNullable<Immunization['protocolApplied']>[number] {
  return /^[1-9]\d?$/.test(number) ? { doseNumberPositiveInt: Number(number) } : { doseNumberString: number }
}
