// A long file: most of it is one table, of what is compared.
import { unescape } from '../../../mappers/read/hl7v2/delimiters.ts'
import type { Message } from '../../../mappers/read/hl7v2/message.ts'
import { readMeasure } from '../../../mappers/values/measures.ts'
import type { AnyResource } from '../../fhir/data.ts'

/** Any JSON. */
type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json }

/** What of a set of resources is core, class by class: each a set of words that are compared as they stand. */
export type Core = ReadonlyMap<string, ReadonlySet<string>>

/** The fields under a path, lists flattened: `name.given`. */
export function at(node: Json, path: string): Json[] {
  return path.split('.').reduce<Json[]>((nodes, key) => nodes.flatMap((one) => childrenOf(one, key)), [node])
}

function childrenOf(node: Json, key: string): Json[] {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return (node as readonly Json[]).flatMap((one) => childrenOf(one, key))
  const value = (node as { readonly [key: string]: Json })[key]
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? [...(value as readonly Json[])] : [value]
}

function texts(node: Json, path: string): string[] {
  return at(node, path).flatMap((one) => (typeof one === 'object' ? [] : [plain(String(one))]))
}

/** Case, blanks and punctuation at the ends are style. */
function plain(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
}

/** A day stays a day; of a time the instant counts, whatever offset it is told in. */
function when(node: Json, path: string): string[] {
  return texts(node, path).map((text) => {
    const time = text.includes('t') ? Date.parse(text.toUpperCase()) : Number.NaN
    return Number.isNaN(time) ? text.slice(0, 10) : new Date(time).toISOString().slice(0, 16)
  })
}

/** Of a concept the codes; where it has none, its words. */
function codes(node: Json, path: string): string[] {
  return at(node, path).flatMap((concept) => {
    const found = texts(concept, 'coding.code')
    return found.length > 0 ? found : texts(concept, 'text')
  })
}

/** The first given name and the family's: where a middle or a called name goes is style. */
function names(node: Json, path: string): string[] {
  return at(node, path)
    .map((name) => [...texts(name, 'given').slice(0, 1), ...texts(name, 'family')].join(' '))
    .filter(Boolean)
}

function digits(node: Json, path: string): string[] {
  return at(node, path).flatMap((one) =>
    texts(one, 'value').map((value) => (value.includes('@') ? value : value.replace(/\D/g, '').slice(-10))),
  )
}

/** Of each address its city, state, postal code and country, and its lines as one. */
function places(node: Json, path: string): string[] {
  return at(node, path).map((one) =>
    [...texts(one, 'line'), ...['city', 'state', 'postalCode', 'country'].flatMap((part) => texts(one, part))]
      .join(' ')
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim(),
  )
}

/** A number with its unit, a code, a text: a text that is a number is one. */
function values(observation: Json): string[] {
  const found = [observation, ...at(observation, 'component')].flatMap((one) => [
    ...at(one, 'valueQuantity').map((quantity) => texts(quantity, 'value').map(Number).join()),
    ...codes(one, 'valueCodeableConcept').map(number),
    ...texts(one, 'valueString').map(number),
    ...when(one, 'valueDateTime'),
    ...texts(one, 'valueTime'),
    ...at(one, 'valueRange').map((range) => [...texts(range, 'low.value'), ...texts(range, 'high.value')].join('-')),
  ])
  return found.filter(Boolean)
}

function number(text: string): string {
  const read = readMeasure(text).value
  return read?.number !== undefined && String(Number(read.number)) === text ? String(Number(read.number)) : text
}

function units(observation: Json): string[] {
  return [observation, ...at(observation, 'component')].flatMap((one) =>
    texts(one, 'valueQuantity.unit').concat(texts(one, 'valueQuantity.code')).slice(0, 1),
  )
}

type Read = (resource: Json, all: readonly AnyResource[]) => string[]

interface Class {
  readonly name: string
  readonly type: string
  /** Where HL7 v2 says it: a message without these segments is not asked for it. */
  readonly home: readonly string[]
  /** Its values stand in those segments word by word; one that does not comes from elsewhere (a guarantor, a charge). */
  readonly literal?: 'whole' | 'words'
  /** Resources that none of those segments names by this are not looked at. */
  readonly named?: (resource: Json) => string[]
  readonly read: Read
}

const literal = 'whole' as const

const named = (one: Json) => codes(one, 'code')

/** Field class by field class: of which type, from which segments, and what of it is compared. */
const classes: readonly Class[] = [
  { name: 'patient.id', type: 'Patient', home: ['PID'], literal, read: (one) => texts(one, 'identifier.value') },
  { name: 'patient.name', type: 'Patient', home: ['PID'], literal: 'words', read: (one) => names(one, 'name') },
  { name: 'patient.birthDate', type: 'Patient', home: ['PID'], read: (one) => texts(one, 'birthDate') },
  { name: 'patient.sex', type: 'Patient', home: ['PID'], read: (one) => texts(one, 'gender') },
  { name: 'patient.phone', type: 'Patient', home: ['PID'], literal, read: (one) => digits(one, 'telecom') },
  { name: 'patient.address', type: 'Patient', home: ['PID'], literal: 'words', read: (one) => places(one, 'address') },
  { name: 'patient.marital', type: 'Patient', home: ['PID'], read: (one) => texts(one, 'maritalStatus.coding.code') },
  { name: 'encounter.id', type: 'Encounter', home: ['PV1'], literal, read: (one) => texts(one, 'identifier.value') },
  { name: 'encounter.class', type: 'Encounter', home: ['PV1'], read: (one) => texts(one, 'class.code') },
  { name: 'encounter.status', type: 'Encounter', home: ['PV1'], read: (one) => texts(one, 'status') },
  { name: 'encounter.start', type: 'Encounter', home: ['PV1'], read: (one) => when(one, 'period.start') },
  { name: 'encounter.end', type: 'Encounter', home: ['PV1'], read: (one) => when(one, 'period.end') },
  { name: 'encounter.location', type: 'Encounter', home: ['PV1-3', 'PV1-6'], literal, read: locations },
  { name: 'encounter.reason', type: 'Encounter', home: ['PV2'], read: (one) => texts(one, 'reasonCode.coding.code') },
  { name: 'condition.code', type: 'Condition', home: ['DG1'], literal, read: (one) => texts(one, 'code.coding.code') },
  { name: 'condition.onset', type: 'Condition', home: ['DG1'], read: (one) => when(one, 'onsetDateTime') },
  {
    name: 'allergy.code',
    type: 'AllergyIntolerance',
    home: ['AL1', 'IAM'],
    read: (one) => codes(one, 'code').slice(0, 1),
  },
  { name: 'allergy.category', type: 'AllergyIntolerance', home: ['AL1', 'IAM'], read: (one) => texts(one, 'category') },
  {
    name: 'allergy.criticality',
    type: 'AllergyIntolerance',
    home: ['AL1', 'IAM'],
    read: (one) => texts(one, 'criticality'),
  },
  {
    name: 'allergy.reaction',
    type: 'AllergyIntolerance',
    home: ['AL1', 'IAM'],
    read: (one) => codes(one, 'reaction.manifestation'),
  },
  { name: 'procedure.code', type: 'Procedure', home: ['PR1'], literal, read: (one) => texts(one, 'code.coding.code') },
  {
    name: 'report.code',
    type: 'DiagnosticReport',
    home: ['OBR'],
    named,
    literal,
    read: (one) => codes(one, 'code').slice(0, 1),
  },
  {
    name: 'report.id',
    type: 'DiagnosticReport',
    home: ['OBR'],
    named,
    literal,
    read: (one) => texts(one, 'identifier.value'),
  },
  {
    name: 'report.status',
    type: 'DiagnosticReport',
    home: ['OBR'],
    named,
    read: (one) => (codes(one, 'code').length > 0 ? texts(one, 'status') : []),
  },
  {
    name: 'document.file',
    type: 'DiagnosticReport',
    home: ['OBX'],
    named,
    literal,
    read: (one) => [...texts(one, 'presentedForm.data'), ...texts(one, 'presentedForm.url')],
  },
  {
    name: 'observation.code',
    type: 'Observation',
    home: ['OBX'],
    named,
    literal,
    read: (one) => codes(one, 'code').slice(0, 1),
  },
  { name: 'observation.value', type: 'Observation', home: ['OBX'], named, read: values },
  { name: 'observation.unit', type: 'Observation', home: ['OBX'], named, literal, read: units },
  { name: 'observation.status', type: 'Observation', home: ['OBX'], named, read: (one) => texts(one, 'status') },
  {
    name: 'observation.flag',
    type: 'Observation',
    home: ['OBX'],
    named,
    literal,
    read: (one) => codes(one, 'interpretation').slice(0, 1),
  },
  {
    name: 'order.code',
    type: 'ServiceRequest',
    home: ['OBR'],
    named,
    literal,
    read: (one) => texts(one, 'code.coding.code').slice(0, 1),
  },
  {
    name: 'order.id',
    type: 'ServiceRequest',
    home: ['OBR'],
    named,
    literal,
    read: (one) => texts(one, 'identifier.value'),
  },
  { name: 'order.status', type: 'ServiceRequest', home: ['OBR'], named, read: (one) => texts(one, 'status') },
  { name: 'medication.drug', type: 'MedicationRequest', home: ['RXE', 'RXO'], read: drugs },
  { name: 'medication.status', type: 'MedicationRequest', home: ['RXE', 'RXO'], read: (one) => texts(one, 'status') },
  {
    name: 'medication.quantity',
    type: 'MedicationRequest',
    home: ['RXE', 'RXO'],
    read: (one) => texts(one, 'dispenseRequest.quantity.value'),
  },
  { name: 'dispense.drug', type: 'MedicationDispense', home: ['RXD'], literal, read: drugs },
  { name: 'dispense.at', type: 'MedicationDispense', home: ['RXD'], read: (one) => when(one, 'whenHandedOver') },
  {
    name: 'immunization.vaccine',
    type: 'Immunization',
    home: ['RXA'],
    read: (one) => codes(one, 'vaccineCode').slice(0, 1),
  },
  { name: 'immunization.at', type: 'Immunization', home: ['RXA'], read: (one) => when(one, 'occurrenceDateTime') },
  { name: 'immunization.lot', type: 'Immunization', home: ['RXA'], read: (one) => texts(one, 'lotNumber') },
  { name: 'immunization.dose', type: 'Immunization', home: ['RXA'], read: (one) => texts(one, 'doseQuantity.value') },
  { name: 'appointment.id', type: 'Appointment', home: ['SCH'], read: (one) => texts(one, 'identifier.value') },
  { name: 'appointment.status', type: 'Appointment', home: ['SCH'], read: (one) => texts(one, 'status') },
  { name: 'appointment.start', type: 'Appointment', home: ['SCH'], read: (one) => when(one, 'start') },
  { name: 'appointment.end', type: 'Appointment', home: ['SCH'], read: (one) => when(one, 'end') },
  { name: 'appointment.minutes', type: 'Appointment', home: ['SCH'], read: (one) => texts(one, 'minutesDuration') },
  {
    name: 'document.id',
    type: 'DocumentReference',
    home: ['TXA'],
    read: (one) => [...texts(one, 'masterIdentifier.value'), ...texts(one, 'identifier.value')],
  },
  { name: 'document.type', type: 'DocumentReference', home: ['TXA'], read: (one) => codes(one, 'type') },
]

function drugs(one: Json, all: readonly AnyResource[]): string[] {
  const ids = texts(one, 'medicationReference.reference')
  const medications = all.filter(({ resourceType, id }) => ids.includes(`${resourceType}/${id ?? ''}`.toLowerCase()))
  return [
    ...codes(one, 'medicationCodeableConcept'),
    ...medications.flatMap((each) => codes(each as Json, 'code')),
  ].slice(0, 1)
}

/** Ward, room and bed of each place where the patient is or was, whether they stand in one text or in Locations of their own. */
function locations(one: Json, all: readonly AnyResource[]): string[] {
  const places = at(one, 'location').filter((place) => !texts(place, 'status').includes('planned'))
  return places
    .flatMap((place) => at(place, 'location'))
    .flatMap((place) => {
      const shown = texts(place, 'display')
      const ids = texts(place, 'reference')
      const kept = all.filter(({ resourceType, id }) => ids.includes(`${resourceType}/${id ?? ''}`.toLowerCase()))
      return [...shown, ...kept.flatMap((each) => texts(each as Json, 'name'))].flatMap((text) => text.split(', '))
    })
}

export const classNames = classes.map(({ name }) => name)

/** What of the resources is core. `only` what the message says where that class is at home. */
export function coreOf(resources: readonly AnyResource[], message: Message, only = false): Core {
  return new Map(
    classes.map(({ name, type, home, literal: how, named: names, read }) => {
      const said = home.map((place) => saidAt(message, place)).join('\n')
      const found = said.trim() === '' ? [] : resources.filter(({ resourceType }) => resourceType === type)
      const own = only && names ? found.filter((one) => names(one as Json).some((word) => said.includes(word))) : found
      const all = own.flatMap((one) => read(one as Json, resources))
      return [name, new Set(only && how ? all.filter((value) => isSaid(value, said, how)) : all)]
    }),
  )
}

function isSaid(value: string, said: string, how: 'whole' | 'words'): boolean {
  return how === 'whole' ? said.includes(value) : value.split(' ').every((word) => said.includes(word))
}

/** A segment's text, or a field's, unescaped; numbers also without what stands between their digits. */
function saidAt(message: Message, place: string): string {
  const [name, field] = place.split('-')
  const texts = message.segments
    .filter((segment) => segment.name === name)
    .map((segment) => unescape(field ? segment.field(Number(field)) : segment.encoded, message.delimiters))
  return plain(
    texts.flatMap((text) => [text, text.replace(/[\s()-]/g, ''), text.replace(/[^\p{L}\p{N}]+/gu, ' ')]).join('\n'),
  )
}
