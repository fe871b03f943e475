import type {
  CodeableConcept,
  Coding,
  Encounter,
  EncounterLocation,
  EncounterParticipant,
  Extension,
} from '@medplum/fhirtypes'
import type { Clear, Part, Person } from '../canonical.ts'
import { hl7 } from '../values/systems.ts'
import type { Chart } from './chart.ts'
import { concept, hl7Concept, period, REPLACED_BY, type Ref } from './elements.ts'
import { all, defined, each, isCleared, told } from './given.ts'
import { keyOfNumber } from './identity.ts'
import { code, moment, text } from './primitives.ts'
import { codeFor } from './words.ts'

type Given = Part<'visit'>

export const FEE = 'https://parchi.example/fhir/StructureDefinition/fee'

/**
 * The visit. Its number names it; else patient and day, so that several rows of one visit tell of one Encounter; else
 * the record.
 */
export function encounter(chart: Chart): void {
  const given = moved(chart)
  if (!given || isEmpty(given) || !chart.subject) return
  const own = told(given.id) ?? told(chart.record.patient?.accountNumber)
  const day = moment(given.at)?.slice(0, 10)
  const key =
    text(own?.value) ?? (day ? `${chart.patientKey}\n${day}` : chart.context.key && `record:${chart.context.key}`)
  if (!key) return
  chart.visitKey = key
  const id = chart.id('Encounter', key)
  chart.encounter = { reference: `Encounter/${id}` }
  if (chart.record.event?.action === 'delete') return void chart.removes.push(`Encounter/${id}`)
  const goesOn = chart.record.event?.action === 'merge-visit' ? [`extension|${REPLACED_BY}`] : []
  chart.add(encounterOf(chart, given, id), 'merge', [...clearsOf(given), ...goesOn])
}

/** The visit as it is told, or as it goes on after a message that moves it. */
function moved(chart: Chart): Given | undefined {
  const { action } = chart.record.event ?? {}
  if (action === 'merge-visit') return mergeVisit(chart)
  return action === 'move-visit' ? moveVisit(chart) : chart.record.visit
}

/**
 * `event.action: move-visit` (A45): the visit is of patient.* now. Its number may be told by merge.visit alone; where it
 * had another one, that one was entered in error.
 */
function moveVisit(chart: Chart): Given | undefined {
  const { visit, merge } = chart.record
  const before = told(merge?.visit)
  if (!before) return visit
  const [old, now] = [text(before.value), text(told(visit?.id)?.value)]
  if (old === undefined || now === undefined || old === now) return { ...visit, id: visit?.id ?? before }
  endVisit(chart, old, undefined)
  return { ...visit, otherIds: [...all(visit?.otherIds), before] }
}

/**
 * `event.action: merge-visit` (A42, A50): the visit merge.visit goes on under the number visit.id, so both must be told
 * (HL7 v2.5.1, 3.3.42 and 3.3.50).
 */
function mergeVisit(chart: Chart): Given | undefined {
  const { visit, merge } = chart.record
  const before = told(merge?.visit)
  const [old, now] = [text(before?.value), text(told(visit?.id)?.value)]
  if (!before || old === undefined) chart.find('VALUE_NEEDED', 'merge.visit', { detail: 'It is the visit that ends.' })
  else if (now === undefined) chart.find('VALUE_NEEDED', 'visit.id', { detail: 'It is the visit that goes on.' })
  if (!before || old === undefined || now === undefined || old === now) return visit
  endVisit(chart, old, chart.subject, now)
  return { ...visit, otherIds: [...all(visit?.otherIds), before] }
}

/** A number that is nobody's visit any more: of merge.localId, as far as that is told. The same patient's visit goes on in `next`. */
function endVisit(chart: Chart, number: string, otherwise: Ref | undefined, next?: string): void {
  const from = told(chart.record.merge?.localId)
  const reference = from ? `Patient/${chart.id('Patient', keyOfNumber(from))}` : otherwise?.reference
  const wrong: Encounter & { id: string } = {
    resourceType: 'Encounter',
    id: chart.id('Encounter', number),
    status: 'entered-in-error',
    class: classOf(undefined),
  }
  if (reference) wrong.subject = { reference }
  if (next !== undefined && reference === chart.subject?.reference) {
    wrong.extension = [{ url: REPLACED_BY, valueReference: { reference: `Encounter/${chart.id('Encounter', next)}` } }]
  }
  chart.add(wrong, 'merge')
}

function encounterOf(chart: Chart, given: Given, id: string): Encounter & { id: string } {
  const identifier = [
    ...chart.identifiers('visit', 'VN', given.id),
    ...chart.identifiers('visit-other', undefined, ...all(given.otherIds)),
    ...tokens(chart, given.token),
  ]
  const type = concept(given.type)
  const service = concept(given.service) ?? words(given.department)
  const priority = concept(given.priority)
  const participant = participants(chart, given)
  const reasonCode = defined([concept(given.reason), words(given.complaint)])
  const hospitalization = stay(chart, given)
  const location = locations(given)
  const extension = fee(given)
  const span = period(moment(given.at), moment(given.end))
  const made = { resourceType: 'Encounter', id } as Encounter & { id: string }
  if (extension.length > 0) made.extension = extension
  if (identifier.length > 0) made.identifier = identifier
  made.status = statusOf(chart, given)
  made.class = classOf(text(given.class))
  if (type) made.type = [type]
  if (service) made.serviceType = service
  if (priority) made.priority = priority
  if (chart.subject) made.subject = chart.subject
  if (participant.length > 0) made.participant = participant
  if (span) made.period = span
  if (reasonCode.length > 0) made.reasonCode = reasonCode
  if (hospitalization) made.hospitalization = hospitalization
  if (location.length > 0) made.location = location
  made.serviceProvider = chart.house()
  return made
}

export function isEmpty(given: object): boolean {
  for (const field in given) if (given[field as keyof typeof given] !== undefined) return false
  return true
}

/** A visit that has an end is over, whatever else is not told. */
function statusOf(chart: Chart, given: Given): Encounter['status'] {
  if (chart.record.event?.action === 'cancel' && !chart.record.appointment) return 'cancelled'
  const known = codeFor('visit', text(given.status))
  return known ?? (given.status === undefined && moment(given.end) ? 'finished' : 'unknown')
}

const DISPLAYS: Readonly<Record<string, string>> = {
  AMB: 'ambulatory',
  IMP: 'inpatient encounter',
  EMER: 'emergency',
}

/** https://terminology.hl7.org/ValueSet/v3-ActEncounterCode; a class that is needed and not told is a null of v3. */
function classOf(word: string | undefined): Coding {
  const known = codeFor('class', word)
  if (known) {
    const [system, display] = [hl7('v3-ActCode'), DISPLAYS[known]]
    return display ? { system, code: known, display } : { system, code: known }
  }
  if (word) return { system: hl7('v3-NullFlavor'), code: 'OTH', display: code(word) ?? word }
  return { system: hl7('v3-NullFlavor'), code: 'UNK', display: 'unknown' }
}

export function tokens(chart: Chart, token: string | Clear | undefined): NonNullable<Encounter['identifier']> {
  const value = text(token)
  return value ? chart.identifiers('token', undefined, { value }) : []
}

export function words(value: string | Clear | undefined): CodeableConcept | undefined {
  const written = text(value)
  return written === undefined ? undefined : { text: written }
}

/** https://hl7.org/fhir/R4/valueset-encounter-participant-type.html */
function participants(chart: Chart, given: Given): EncounterParticipant[] {
  const found = [
    participant(chart, 'ATND', given.doctor),
    participant(chart, 'ADM', given.admitter),
    participant(chart, 'REF', given.referrer),
    ...all(given.consultants).map((one) => participant(chart, 'CON', one)),
  ]
  return defined(found)
}

function participant(chart: Chart, role: string, person: Person | Clear | undefined): EncounterParticipant | undefined {
  const individual = chart.practitioner(person)
  return individual && { type: [hl7Concept('v3-ParticipationType', role)], individual }
}

function stay(chart: Chart, given: Given): Encounter['hospitalization'] {
  const [admitSource, dischargeDisposition] = [concept(given.admitSource), concept(given.disposition)]
  const destination = chart.organization(given.referredTo)
  const reAdmission = told(given.reAdmission)
  const [arrangements, diet] = [each(all(given.arrangements), concept), each(all(given.diet), concept)]
  const any = admitSource ?? dischargeDisposition ?? destination ?? arrangements[0] ?? diet[0]
  if (!any && !reAdmission) return undefined
  const made: Encounter['hospitalization'] = {}
  if (admitSource) made.admitSource = admitSource
  if (reAdmission) made.reAdmission = hl7Concept('v2-0092', 'R')
  if (diet.length > 0) made.dietPreference = diet
  if (arrangements.length > 0) made.specialArrangement = arrangements
  if (destination) made.destination = destination
  if (dischargeDisposition) made.dischargeDisposition = dischargeDisposition
  return made
}

/** Ward, room and bed as one place, known by what it is called. */
function locations(given: Given): EncounterLocation[] {
  const now = text(given.location) ?? defined([text(given.ward), text(given.room), text(given.bed)]).join(' / ')
  const before = text(given.priorLocation)
  const left = moment(given.end) !== undefined
  const found: EncounterLocation[] = []
  if (before && before !== now) found.push({ location: { display: before }, status: 'completed' })
  if (now) found.push({ location: { display: now }, status: left ? 'completed' : 'active' })
  return found
}

function fee(given: Given): Extension[] {
  const amount = Number(told(given.fee) ?? Number.NaN)
  return Number.isFinite(amount) ? [{ url: FEE, valueMoney: { value: amount, currency: 'INR' } }] : []
}

/** Elements that a field with an explicit clear stands for. */
const CLEARS: Readonly<Partial<Record<keyof Given, string>>> = {
  end: 'period.end',
  status: 'status',
  type: 'type',
  service: 'serviceType',
  department: 'serviceType',
  priority: 'priority',
  doctor: 'participant|ATND',
  admitter: 'participant|ADM',
  referrer: 'participant|REF',
  consultants: 'participant|CON',
  reason: 'reasonCode',
  complaint: 'reasonCode',
  admitSource: 'hospitalization.admitSource',
  disposition: 'hospitalization.dischargeDisposition',
  arrangements: 'hospitalization.specialArrangement',
  diet: 'hospitalization.dietPreference',
  referredTo: 'hospitalization.destination',
  location: 'location',
  ward: 'location',
  bed: 'location',
}

function clearsOf(given: Given): string[] {
  const cleared: string[] = []
  for (const field in given) {
    const element = isCleared(given[field as keyof Given]) ? CLEARS[field as keyof Given] : undefined
    if (element !== undefined) cleared.push(element)
  }
  return cleared
}
