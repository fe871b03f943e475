import type { AllergyIntolerance, CodeableConcept } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import { status, type Chart } from './chart.ts'
import { concept, keyOfCoded, notes } from './elements.ts'
import { all, each, told } from './given.ts'
import { moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

/** One of the patient, wherever it was told: the same substance twice is one allergy. */
export function allergies(chart: Chart): void {
  for (const given of chart.record.allergy ?? []) {
    const code = codeOf(given)
    if (!code) continue
    const own = text(told(given.id)?.value)
    const key = chart.itemKeyOf('AllergyIntolerance', own, `${chart.patientKey}\n${keyOfCoded(given.code)}`)
    chart.add(allergyOf(chart, given, chart.id('AllergyIntolerance', key), code))
  }
}

const NONE =
  /^(?:nil|none|no|na|n\/a|nka|nkda|no known (?:drug )?allerg(?:y|ies)|not known|no allerg(?:y|ies)|नहीं|कोई नहीं|-+)\.?$/iu

/** `NKDA` says that there is none, and must not read as an allergy to it. */
function codeOf(given: Part<'allergy'>): CodeableConcept | undefined {
  const code = concept(given.code)
  if (code?.coding || !NONE.test(code?.text ?? '')) return code
  const coding = [{ system: 'http://snomed.info/sct', code: '716186003', display: 'No known allergy' }]
  return { coding, ...code }
}

function allergyOf(
  chart: Chart,
  given: Part<'allergy'>,
  id: string,
  code: CodeableConcept,
): AllergyIntolerance & { id: string } {
  const verification = codeFor('verification', text(given.verification))
  // An allergy must say whether it stands (R4's ait-1); in doubt it does.
  const clinical = codeFor('allergyStatus', text(given.status)) ?? 'active'
  const category = codeFor('allergy', text(given.category))
  const manifestation = each(all(given.reaction), concept)
  const severity = codeFor('severity', text(given.severity))
  const recorder = chart.practitioner(given.by)
  const note = notes(given.notes)
  const identifier = chart.identifiers('allergy', undefined, given.id)
  const type = codeFor('allergyType', text(given.type))
  const criticality = codeFor('criticality', text(given.criticality))
  const [onset, recorded] = [moment(given.onset), moment(given.recorded)]
  const made = { resourceType: 'AllergyIntolerance', id } as AllergyIntolerance & { id: string }
  if (identifier.length > 0) made.identifier = identifier
  if (verification !== 'entered-in-error') made.clinicalStatus = status('allergyintolerance-clinical', clinical)
  // R4 knows neither a provisional nor a differential allergy.
  if (verification && verification !== 'differential' && verification !== 'provisional')
    made.verificationStatus = status('allergyintolerance-verification', verification)
  if (type) made.type = type
  if (category) made.category = [category]
  if (criticality) made.criticality = criticality
  made.code = code
  made.patient = chart.subject ?? {}
  if (chart.encounter) made.encounter = chart.encounter
  if (onset) made.onsetDateTime = onset
  if (recorded) made.recordedDate = recorded
  if (recorder) made.recorder = recorder
  if (note.length > 0) made.note = note
  if (manifestation.length > 0) made.reaction = [severity ? { manifestation, severity } : { manifestation }]
  return made
}
