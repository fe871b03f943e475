import { issue } from '../../../issues.ts'
import { isObject, list, objects, type Json } from '../json.ts'
import type { Bench } from '../bench.ts'
import { finishers } from './finish.ts'
import { moves } from './moves.ts'
import { r4Type } from './types.ts'

interface About {
  /** The sender says that it is STU3. */
  readonly stu3: boolean
  readonly bench: Bench
}

/**
 * STU3 (and the medicines of DSTU2) → R4, by HL7's own maps (https://hl7.org/fhir/R4/diff.html): elements that moved, lists
 * that became single and the other way round, codes that became structures. A resource is taken for STU3 when it says so
 * or when it has what only STU3 has; R4 resources come out as they went in.
 */
export function toR4(resource: Json, { stu3, bench }: About): Json {
  const type = String(resource['resourceType'])
  if (!stu3 && !isOld(resource, type)) return resource
  const name = r4Type(type)
  const out: Json = { ...resource, resourceType: name }
  for (const [from, to] of Object.entries(moves[type] ?? {})) move(out, from, to)
  finishers[type]?.(out)
  if (name !== type) finishers[name]?.(out)
  dosages(out)
  if (Array.isArray(out['contained'])) {
    out['contained'] = out['contained'].map((one) =>
      isObject(one) ? toR4(one, { stu3: true, bench: { ...bench, issues: [] } }) : (one as unknown),
    )
  }
  if (JSON.stringify(out) !== JSON.stringify(resource))
    bench.issues.push(issue('FHIR_VERSION', { line: bench.line, column: name }))
  return out
}

/** What only older versions have. */
function isOld(resource: Json, type: string): boolean {
  if (r4Type(type) !== type) return true
  const meta = isObject(resource['meta']) ? resource['meta'] : {}
  if (list(meta['profile']).some((profile) => /\/(?:stu3|dstu2|3\.0(?:\.\d)?)(?:\/|$)/i.test(String(profile))))
    return true
  if (SIGNS[type]?.some((name) => resource[name] !== undefined)) return true
  if (
    CODED_STATUS.has(type) &&
    ['clinicalStatus', 'verificationStatus'].some((name) => typeof resource[name] === 'string')
  )
    return true
  if (isObject(resource['requester']) && resource['requester']['agent'] !== undefined) return true
  if (type === 'DiagnosticReport' && objects(resource['performer']).some((one) => one['actor'] !== undefined))
    return true
  if (type === 'Immunization' && objects(resource['practitioner']).length > 0) return true
  if (type === 'MedicationRequest' && isObject(resource['category'])) return true
  return dosagesOf(resource).some((dosage) => DOSE_SIGNS.some((name) => dosage[name] !== undefined))
}

const CODED_STATUS = new Set(['Condition', 'AllergyIntolerance'])
const DOSE_SIGNS = ['doseQuantity', 'doseRange', 'rateQuantity', 'rateRatio', 'rateRange']

/** Elements that R4 does not have under that name and no sender makes up. */
const SIGNS: Readonly<Record<string, readonly string[]>> = {
  Observation: ['context', 'comment', 'related'],
  DiagnosticReport: ['context', 'codedDiagnosis', 'image'],
  Condition: ['context', 'assertedDate'],
  AllergyIntolerance: ['assertedDate'],
  Procedure: ['context', 'notDone', 'notDoneReason', 'definition'],
  Immunization: ['notGiven', 'explanation', 'vaccinationProtocol', 'date'],
  Encounter: ['reason', 'incomingReferral'],
  MedicationRequest: ['context', 'definition'],
  MedicationStatement: ['taken', 'reasonNotTaken'],
  MedicationDispense: ['notDone', 'notDoneReasonCodeableConcept', 'notDoneReasonReference'],
  MedicationAdministration: ['notGiven', 'reasonNotGiven', 'prescription'],
  Medication: ['isBrand', 'isOverTheCounter', 'package'],
  Appointment: ['indication', 'incomingReferral', 'reason'],
  DocumentReference: ['indexed', 'created', 'class'],
  Composition: ['class'],
  Patient: ['animal'],
  CarePlan: ['context'],
  ClinicalImpression: ['context'],
  ImagingStudy: ['uid', 'accession', 'context'],
}

/** `a` to the name `b`; `b[]` makes it a list, `b[0]` takes the first of one, '' leaves it out. What is there already stays. */
function move(out: Json, from: string, to: string): void {
  const value = out[from]
  if (value === undefined) return
  delete out[from]
  if (to === '') return
  const name = to.replace(/\[0?\]$/, '')
  if (out[name] !== undefined && name !== from) return
  out[name] = to.endsWith('[]') ? list(value) : to.endsWith('[0]') ? list(value)[0] : value
  const sibling = out[`_${from}`]
  if (sibling === undefined || name === from) return
  delete out[`_${from}`]
  out[`_${name}`] = sibling
}

function dosagesOf(resource: Json): Json[] {
  return [...objects(resource['dosageInstruction']), ...objects(resource['dosage'])]
}

/** Amounts moved into doseAndRate. */
function dosages(resource: Json): void {
  for (const dosage of dosagesOf(resource)) {
    const amounts = Object.fromEntries(
      DOSE_SIGNS.flatMap((name) => (dosage[name] === undefined ? [] : [[name, dosage[name]]])),
    )
    if (Object.keys(amounts).length === 0 || resource['resourceType'] === 'MedicationAdministration') continue
    for (const name of DOSE_SIGNS) delete dosage[name]
    dosage['doseAndRate'] = [amounts]
  }
}
