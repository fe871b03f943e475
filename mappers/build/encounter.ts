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
import { all, code, concept, isCleared, moment, optional, period, text, told } from './elements.ts'
import { keyOfNumber } from './identity.ts'
import { codeFor } from './words.ts'

type Given = Part<'visit'>

export const FEE = 'https://parchi.example/fhir/StructureDefinition/fee'

/**
 * The visit. Its number names it; else patient and day, so that several rows of one visit tell of one Encounter; else
 * the record.
 */
export function encounter(chart: Chart): void {
  const given = moved(chart)
  if (!given || Object.values(given).every((one) => one === undefined) || !chart.subject) return
  const own = told(given.id) ?? told(chart.record.patient?.accountNumber)
  const day = moment(given.at)?.slice(0, 10)
  const key =
    text(own?.value) ?? (day ? `${chart.patientKey}\n${day}` : chart.context.key && `record:${chart.context.key}`)
  if (!key) return
  chart.visitKey = key
  const id = chart.id('Encounter', key)
  chart.encounter = { reference: `Encounter/${id}` }
  if (chart.record.event?.action === 'delete') return void chart.removes.push(`Encounter/${id}`)
  chart.add(encounterOf(chart, given, id), 'merge', clearsOf(given))
}

/**
 * `event.action: move-visit` (A45): the visit is of patient.* now. Its number may be told by merge.visit alone; where it
 * had another one, that one was entered in error.
 */
function moved(chart: Chart): Given | undefined {
  const { record } = chart
  const before = told(record.merge?.visit)
  if (record.event?.action !== 'move-visit' || !before) return record.visit
  const [old, now] = [text(before.value), text(told(record.visit?.id)?.value)]
  if (old === undefined || now === undefined || old === now) return { ...record.visit, id: record.visit?.id ?? before }
  const from = told(record.merge?.localId)
  const patient = from && chart.id('Patient', keyOfNumber(from))
  chart.add(
    {
      resourceType: 'Encounter',
      id: chart.id('Encounter', old),
      status: 'entered-in-error',
      class: classOf(undefined),
      ...(patient && { subject: { reference: `Patient/${patient}` } }),
    },
    'merge',
  )
  return { ...record.visit, otherIds: [...all(record.visit?.otherIds), before] }
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
  const reasonCode = [concept(given.reason), words(given.complaint)].flatMap((one) => one ?? [])
  const hospitalization = stay(chart, given)
  const location = locations(given)
  const extension = fee(given)
  return {
    resourceType: 'Encounter',
    id,
    ...(extension.length > 0 && { extension }),
    ...(identifier.length > 0 && { identifier }),
    status: statusOf(chart, given),
    class: classOf(text(given.class)),
    ...(type && { type: [type] }),
    ...(service && { serviceType: service }),
    ...(priority && { priority }),
    ...optional('subject', chart.subject),
    ...(participant.length > 0 && { participant }),
    ...optional('period', period(moment(given.at), moment(given.end))),
    ...(reasonCode.length > 0 && { reasonCode }),
    ...(hospitalization && { hospitalization }),
    ...(location.length > 0 && { location }),
    serviceProvider: { reference: `Organization/${chart.facility}`, display: chart.context.facility.name },
  }
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
  if (known) return { system: hl7('v3-ActCode'), code: known, ...optional('display', DISPLAYS[known]) }
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
  const roles: readonly (readonly [string, Person | Clear | undefined])[] = [
    ['ATND', given.doctor],
    ['ADM', given.admitter],
    ['REF', given.referrer],
    ...all(given.consultants).map((one) => ['CON', one] as const),
  ]
  return roles.flatMap(([role, person]) => {
    const individual = chart.practitioner(person)
    return individual ? [{ type: [{ coding: [{ system: hl7('v3-ParticipationType'), code: role }] }], individual }] : []
  })
}

function stay(chart: Chart, given: Given): Encounter['hospitalization'] {
  const [admitSource, dischargeDisposition] = [concept(given.admitSource), concept(given.disposition)]
  const destination = chart.organization(given.referredTo)
  const made = {
    ...(admitSource && { admitSource }),
    ...(told(given.reAdmission) && { reAdmission: { coding: [{ system: hl7('v2-0092'), code: 'R' }] } }),
    ...(destination && { destination }),
    ...(dischargeDisposition && { dischargeDisposition }),
  }
  return Object.keys(made).length > 0 ? made : undefined
}

/** Ward, room and bed as one place, known by what it is called. */
function locations(given: Given): EncounterLocation[] {
  const place = [text(given.ward), text(given.room), text(given.bed)].filter(Boolean).join(' / ')
  const now = text(given.location) ?? place
  const before = text(given.priorLocation)
  const left = moment(given.end) !== undefined
  return [
    ...(before && before !== now ? [{ location: { display: before }, status: 'completed' as const }] : []),
    ...(now ? [{ location: { display: now }, status: left ? ('completed' as const) : ('active' as const) }] : []),
  ]
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
  referredTo: 'hospitalization.destination',
  location: 'location',
  ward: 'location',
  bed: 'location',
}

function clearsOf(given: Given): string[] {
  const cleared: string[] = []
  for (const field in given) {
    const element = CLEARS[field as keyof Given]
    if (element !== undefined && isCleared(given[field as keyof Given])) cleared.push(element)
  }
  return cleared
}
