import type { Canonical, Group } from '../canonical.ts'
import type { Issue } from '../issues.ts'
import type { Made } from '../mapping.ts'
import { allergies } from './allergy.ts'
import { appointment } from './appointment.ts'
import { Chart, type BuildContext } from './chart.ts'
import { charges } from './charge.ts'
import { check } from './checks.ts'
import { conditions } from './condition.ts'
import { coverages } from './coverage.ts'
import { documents } from './document.ts'
import { told } from './given.ts'
import { encounter } from './encounter.ts'
import { keyOfNumber } from './identity.ts'
import { immunizations } from './immunization.ts'
import { medications } from './medication.ts'
import { observations } from './observation.ts'
import { orders } from './order.ts'
import { patient } from './patient.ts'
import { text } from './primitives.ts'
import { procedures } from './procedure.ts'
import { reports } from './report.ts'
import { role } from './role.ts'

export type { BuildContext } from './chart.ts'

/** What a record comes to. */
export interface Built {
  readonly resources: readonly Made[]
  readonly removes: readonly string[]
  readonly merges: readonly { readonly from: string; readonly into: string }[]
  readonly needs: readonly string[]
  readonly issues: readonly Issue[]
  /** `Patient/…`, or '' */
  readonly lane: string
}

/** The canonical record as FHIR R4: same record, same resources, same ids. */
export function build(record: Canonical, context: BuildContext): Built {
  const chart = new Chart(record, context)
  check(chart)
  patient(chart)
  merge(chart)
  moveAccount(chart)
  if (chart.subject) {
    happenings(chart)
    diagnoses(chart)
    remove(chart)
  } else if (!record.patient && tellsSomething(record)) {
    chart.find('VALUE_NEEDED', 'patient.localId', { detail: 'Nothing says whose record this is.' })
  }
  return {
    resources: chart.resources,
    removes: chart.removes,
    merges: chart.merges,
    needs: chart.needs,
    issues: chart.issues,
    lane: chart.subject?.reference ?? '',
  }
}

/** Each group of the record that is there, in an order in which each finds what it refers to. */
function happenings(chart: Chart): void {
  const { record } = chart
  if (record.visit ?? record.merge) encounter(chart)
  if (record.visit) role(chart)
  if (record.appointment) appointment(chart)
  if (record.problem) conditions(chart)
  if (record.result) observations(chart)
  if (record.medication) medications(chart)
  if (record.order ?? record.visit) orders(chart)
  if (record.report) reports(chart)
  if (record.allergy) allergies(chart)
  if (record.procedure) procedures(chart)
  if (record.immunization) immunizations(chart)
  if (record.document ?? record.visit) documents(chart)
  if (record.insurance) coverages(chart)
  if (record.charge) charges(chart)
}

/** Whether something is told that would be somebody's. */
function tellsSomething(record: Canonical): boolean {
  return HAPPENINGS.some((group) => record[group] !== undefined)
}

const HAPPENINGS = [
  'visit',
  'merge',
  'appointment',
  'problem',
  'result',
  'medication',
  'order',
  'report',
  'allergy',
  'procedure',
  'immunization',
  'document',
  'insurance',
  'charge',
] as const satisfies readonly Group[]

/** The conditions of the record stand in its Encounter too, and the booking it comes from. */
function diagnoses(chart: Chart): void {
  if (!chart.record.problem && !chart.record.appointment) return
  const own = chart.encounter?.reference
  const visit = chart.resources.find(({ resource }) => `Encounter/${resource.id}` === own)?.resource
  if (visit?.resourceType !== 'Encounter') return
  const found = chart.resources.filter(({ resource }) => resource.resourceType === 'Condition')
  if (found.length > 0)
    visit.diagnosis = found.map(({ resource }) => ({ condition: { reference: `Condition/${resource.id}` } }))
  const booked = chart.resources.find(({ resource }) => resource.resourceType === 'Appointment')
  if (booked) visit.appointment = [{ reference: `Appointment/${booked.resource.id}` }]
}

/** A40: the record named by merge.* ceases in favour of the patient, who must be known. */
function merge(chart: Chart): void {
  const { merge: given, event } = chart.record
  const old = told(given?.localId)
  if (!old || !text(old.value) || !chart.subject || event?.action !== 'merge') return
  const from = `Patient/${chart.id('Patient', keyOfNumber(old))}`
  if (from === chart.subject.reference) return
  chart.merges.push({ from, into: chart.subject.reference })
  if (!chart.needs.includes(chart.subject.reference)) chart.needs.push(chart.subject.reference)
}

/**
 * `event.action: move-account` (A44): the visits of an account go to another patient. Which they are nobody knows here,
 * for visits are kept by their own numbers: it is refused, so that somebody sees to it.
 */
function moveAccount(chart: Chart): void {
  const { merge: given, event } = chart.record
  const old = told(given?.localId)
  if (event?.action !== 'move-account' || !old || !text(old.value)) return
  if (`Patient/${chart.id('Patient', keyOfNumber(old))}` !== chart.subject?.reference)
    chart.find('ACCOUNT_MOVED', 'merge.account')
}

/** `event.action: delete` with nothing but a patient takes back the patient. */
function remove(chart: Chart): void {
  const { event, visit, appointment: booked } = chart.record
  if (event?.action !== 'delete') return
  if (!visit && !booked && chart.subject) chart.removes.push(chart.subject.reference)
  chart.resources.length = 0
}
