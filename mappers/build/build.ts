import type { Canonical, Group } from '../canonical.ts'
import type { Issue } from '../issues.ts'
import type { Made } from '../mapping.ts'
import { allergies } from './allergy.ts'
import { appointment } from './appointment.ts'
import { Chart, type BuildContext } from './chart.ts'
import { check } from './checks.ts'
import { conditions } from './condition.ts'
import { coverages } from './coverage.ts'
import { documents } from './document.ts'
import { text, told } from './elements.ts'
import { encounter } from './encounter.ts'
import { keyOfNumber } from './identity.ts'
import { immunizations } from './immunization.ts'
import { medications } from './medication.ts'
import { observations } from './observation.ts'
import { orders } from './order.ts'
import { patient } from './patient.ts'
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

/** Which group of the record becomes what, in an order in which each finds what it refers to. */
const steps: readonly (readonly [groups: readonly Group[], step: (chart: Chart) => void])[] = [
  [['visit', 'merge'], encounter],
  [['visit'], role],
  [['appointment'], appointment],
  [['problem'], conditions],
  [['result'], observations],
  [['medication'], medications],
  [['order', 'visit'], orders],
  [['report'], reports],
  [['allergy'], allergies],
  [['procedure'], procedures],
  [['immunization'], immunizations],
  [['document', 'visit'], documents],
  [['insurance'], coverages],
]

/** The canonical record as FHIR R4: same record, same resources, same ids. */
export function build(record: Canonical, context: BuildContext): Built {
  const chart = new Chart(record, context)
  check(chart)
  patient(chart)
  merge(chart)
  if (chart.subject) {
    for (const [groups, step] of steps) if (groups.some((group) => record[group] !== undefined)) step(chart)
    diagnoses(chart)
    remove(chart)
  } else if (steps.some(([groups]) => groups.some((group) => record[group] !== undefined))) {
    if (!record.patient) chart.find('VALUE_NEEDED', 'patient.localId', { detail: 'Nothing says whose record this is.' })
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

/** The conditions of the record stand in its Encounter too. */
function diagnoses(chart: Chart): void {
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

/** `event.action: delete` with nothing but a patient takes back the patient. */
function remove(chart: Chart): void {
  const { event, visit, appointment: booked } = chart.record
  if (event?.action !== 'delete') return
  if (!visit && !booked && chart.subject) chart.removes.push(chart.subject.reference)
  chart.resources.length = 0
}
