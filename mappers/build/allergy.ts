import type { AllergyIntolerance, CodeableConcept } from '@medplum/fhirtypes'
import type { Part } from '../canonical.ts'
import { status, type Chart } from './chart.ts'
import { all, concept, keyOfCoded, moment, notes, optional, text, told } from './elements.ts'
import { codeFor } from './words.ts'

/** One of the patient, wherever it was told: the same substance twice is one allergy. */
export function allergies(chart: Chart): void {
  for (const given of chart.record.allergy ?? []) {
    const code = codeOf(given)
    if (!code) continue
    const own = text(told(given.id)?.value)
    const key = chart.itemKeyOf('AllergyIntolerance', own, chart.patientKey, keyOfCoded(given.code))
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
  const manifestation = all(given.reaction).flatMap((one) => concept(one) ?? [])
  const severity = codeFor('severity', text(given.severity))
  const recorder = chart.practitioner(given.by)
  const note = notes(given.notes)
  const identifier = chart.identifiers('allergy', undefined, given.id)
  const stands =
    verification !== 'entered-in-error' && verification !== 'differential' && verification !== 'provisional'
  return {
    resourceType: 'AllergyIntolerance',
    id,
    ...(identifier.length > 0 && { identifier }),
    ...(verification !== 'entered-in-error' && { clinicalStatus: status('allergyintolerance-clinical', clinical) }),
    ...(verification && stands && { verificationStatus: status('allergyintolerance-verification', verification) }),
    ...(verification === 'entered-in-error' && {
      verificationStatus: status('allergyintolerance-verification', verification),
    }),
    ...optional('type', codeFor('allergyType', text(given.type))),
    ...(category && { category: [category] }),
    ...optional('criticality', codeFor('criticality', text(given.criticality))),
    code,
    patient: chart.subject ?? {},
    ...optional('encounter', chart.encounter),
    ...optional('onsetDateTime', moment(given.onset)),
    ...optional('recordedDate', moment(given.recorded)),
    ...(recorder && { recorder }),
    ...(note.length > 0 && { note }),
    ...(manifestation.length > 0 && { reaction: [{ manifestation, ...optional('severity', severity) }] }),
  }
}
