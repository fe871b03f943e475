import type { Resource } from '@medplum/fhirtypes'
import { ICD10, labels, LOINC, sensitive, type Label } from '../world/record.ts'
import type { Fact } from '../world/facts.ts'

/** One version of a resource, and what access goes by: whose own, whose record, how sensitive, of which day. */
export interface Row {
  readonly type: string
  readonly id: string
  readonly version: number
  /** Of a deletion what was deleted. */
  readonly body: Any
  readonly deleted: boolean
  readonly current: boolean
  readonly owner: string | undefined
  /** Ids of the Patients in whose compartments it is; a Patient is in its own. */
  readonly patients: readonly string[]
  /** Ids of the Patients whose record it is part of for access: those, but of a Binary those of what it stands for. */
  readonly about: readonly string[]
  readonly labels: readonly Label[]
  readonly day: string | undefined
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what the world wrote
export type Any = any

/** What of the world names a Binary, or is named by its securityContext; `all`: the world as it stands. */
export function standIns(binary: Row, all: readonly Row[]): Row[] {
  const [context] = at(binary.body, 'securityContext.reference')
  const there = all.filter(({ current, deleted }) => current && !deleted)
  const naming = there.filter(
    ({ body, owner }) => owner === binary.owner && at(body, 'content.attachment.url').includes(`Binary/${binary.id}`),
  )
  return [...there.filter((row) => `${row.type}/${row.id}` === context), ...naming]
}

export function rowsOf({ type, id, owner, versions }: Fact): Row[] {
  let last: Resource | undefined
  return versions.map((body, i) => {
    last = body ?? last
    const told = last as Any
    return {
      type,
      id,
      version: i + 1,
      body: told,
      deleted: body === null,
      current: i === versions.length - 1,
      owner,
      patients: patientsOf(told),
      about: patientsOf(told),
      labels: labelsOf(told),
      day: dayOf(told),
    }
  })
}

/** The elements by which R4's CompartmentDefinition puts what the world writes into a patient's compartment. */
const members: Readonly<Record<string, readonly string[]>> = {
  AllergyIntolerance: ['patient', 'recorder', 'asserter'],
  Appointment: ['participant.actor'],
  Basic: ['subject', 'author'],
  Communication: ['subject', 'sender', 'recipient'],
  Composition: ['subject', 'author', 'attester.party'],
  Condition: ['subject', 'asserter'],
  Consent: ['patient'],
  Coverage: ['policyHolder', 'subscriber', 'beneficiary', 'payor'],
  DiagnosticReport: ['subject'],
  DocumentReference: ['subject', 'author'],
  Encounter: ['subject'],
  Flag: ['subject'],
  Group: ['member.entity'],
  List: ['subject', 'source'],
  MeasureReport: ['subject'],
  MedicationRequest: ['subject'],
  Observation: ['subject', 'performer'],
  Patient: ['link.other'],
  Provenance: ['target'],
  RelatedPerson: ['patient'],
  Schedule: ['actor'],
}

export function patientsOf(body: Any): string[] {
  const references = (members[body.resourceType] ?? []).flatMap((path) => at(body, path))
  const ids = references.flatMap(({ reference = '' }: Any) => /^Patient\/(.+)$/.exec(reference)?.[1] ?? [])
  return [...new Set<string>(body.resourceType === 'Patient' ? [body.id, ...ids] : ids)]
}

/** The values at a path, arrays opened. */
export function at(body: Any, path: string): Any[] {
  return path.split('.').reduce((values: Any[], name) => values.flatMap((one) => one?.[name] ?? []), [body])
}

function labelsOf(body: Any): Label[] {
  const marks = at(body, 'meta.security').map(({ code }: Any) => String(code))
  const codes = at(body, 'code.coding').map(({ system, code }: Any) => `${system}|${code}`)
  return labels.filter(
    (label) =>
      marks.includes(label) ||
      Object.values(sensitive[label]).some(([system, code]) => codes.includes(`${system}|${code}`)),
  )
}

const days: Readonly<Record<string, string>> = {
  AllergyIntolerance: 'recordedDate',
  Appointment: 'start',
  Communication: 'sent',
  Composition: 'date',
  Condition: 'onsetDateTime',
  Consent: 'dateTime',
  DiagnosticReport: 'effectiveDateTime',
  DocumentReference: 'date',
  Encounter: 'period.start',
  MeasureReport: 'period.start',
  MedicationRequest: 'authoredOn',
  Observation: 'effectiveDateTime',
  Provenance: 'recorded',
}

function dayOf(body: Any): string | undefined {
  const path = days[body.resourceType]
  return path === undefined ? undefined : (at(body, path)[0] as string | undefined)?.slice(0, 10)
}

export { ICD10, LOINC }
