import type { Element, Extension, HumanName, Identifier, Patient, PatientContact } from '@medplum/fhirtypes'
import { CLEAR, type Birth, type Part, type PersonName } from '../canonical.ts'
import { agrees, birthOf, readAge } from '../values/ages.ts'
import { dayIn } from '../values/moments.ts'
import { hl7 } from '../values/systems.ts'
import type { Chart } from './chart.ts'
import {
  address,
  all,
  concept,
  count,
  date,
  ESTIMATED,
  humanName,
  isCleared,
  moment,
  optional,
  telecom,
  text,
  told,
  unique,
} from './elements.ts'
import { keyOfNumber } from './identity.ts'

type Given = Part<'patient'>

/**
 * The patient of the record, or a reference when the record only names one that other records describe. Without a number
 * of their own they are who this record is about, and nobody else: matching people is another's work.
 */
export function patient(chart: Chart): void {
  const given = chart.record.patient
  if (!given) return
  const ids = identifiers(chart, given)
  const own = keyOf(given, ids)
  const key = own ?? (chart.context.key && `record:${chart.context.key}`)
  if (!key) return chart.find('VALUE_NEEDED', 'patient.localId', { detail: 'Nothing says which patient this is.' })
  chart.patientKey = key
  const id = chart.id('Patient', key)
  const name = names(given)
  chart.subject = { reference: `Patient/${id}`, ...optional('display', text(name[0]?.text)) }
  if (name.length === 0) {
    if (own === undefined || given.name === CLEAR || isDescribed(given)) chart.find('NAME_MISSING', 'patient.name')
    else chart.needs.push(`Patient/${id}`)
    return
  }
  chart.add(patientOf(chart, given, id, ids, name), 'merge', clearsOf(given))
}

/** The number that tells patients of this house apart; its national ones where it gives none. */
function keyOf({ localId }: Given, ids: readonly Identifier[]): string | undefined {
  const own = told(localId)
  if (own && text(own.value)) return keyOfNumber(own)
  const [first] = ids
  return first && `${first.system ?? ''}|${first.value ?? ''}`
}

function identifiers(chart: Chart, given: Given): Identifier[] {
  const found = [
    ...chart.identifiers('mrn', 'MR', given.localId),
    ...chart.identifiers('abha', undefined, given.abha, given.abhaAddress),
    ...chart.identifiers('other', undefined, ...all(given.otherIds)),
    ...chart.identifiers('account', 'AN', given.accountNumber),
  ]
  return unique(found, ({ system, value }) => `${system ?? ''}|${value ?? ''}`)
}

function names(given: Given): HumanName[] {
  return [told(given.name), ...all(given.otherNames)].flatMap((one) => humanName(one) ?? [])
}

/** Whether the record says who somebody is, and not only which number they have. */
function isDescribed({ sex, birth, age, phones, address: places, relation, deceased }: Given): boolean {
  return [sex, birth, age, phones, places, relation, deceased].some((one) => one !== undefined && one !== CLEAR)
}

function patientOf(
  chart: Chart,
  given: Given,
  id: string,
  identifier: Identifier[],
  name: HumanName[],
): Patient & { id: string } {
  const phones = all(given.phones).flatMap((one) => telecom(one) ?? [])
  const places = all(given.address).flatMap((one) => address(one) ?? [])
  const contact = contacts(given)
  const marital = concept(given.marital)
  const language = concept(given.language)
  const doctor = chart.practitioner(given.primaryDoctor)
  const extension = extensions(given)
  const active = told(given.active)
  return {
    resourceType: 'Patient',
    id,
    ...(extension.length > 0 && { extension }),
    ...(identifier.length > 0 && { identifier }),
    ...(active !== undefined && { active }),
    name,
    ...(phones.length > 0 && { telecom: phones }),
    ...(given.sex !== CLEAR && { gender: told(given.sex) ?? 'unknown' }),
    ...birth(chart, given),
    ...deceased(given),
    ...(places.length > 0 && { address: places }),
    ...(marital && { maritalStatus: marital }),
    ...multiple(given),
    ...(contact.length > 0 && { contact }),
    ...(language && { communication: [{ language }] }),
    ...(doctor && { generalPractitioner: [doctor] }),
    managingOrganization: { reference: `Organization/${chart.facility}`, display: chart.context.facility.name },
  }
}

/** A primitive's extensions stand beside it. */
interface BirthDate {
  birthDate?: string
  _birthDate?: Element
}

/** The birth date; else what the age gives. Both: the date, if they disagree with a warning. */
function birth(chart: Chart, given: Given): BirthDate {
  const known = told(given.birth)
  const words = text(given.age)
  const age = words === undefined ? undefined : readAge(words).value
  const on = dayOf(chart)
  if (known && age && !known.estimated && !agrees(known.date, age, on)) chart.find('AGE_DOB', 'patient.age')
  const found =
    known ?? (age && birthOf(age, { year: +on.slice(0, 4), month: +on.slice(5, 7) || 1, day: +on.slice(8) || 1 }))
  return found ? written(found) : {}
}

function written(found: Birth): BirthDate {
  const birthDate = date(found.date)
  if (birthDate === undefined) return {}
  return { birthDate, ...(found.estimated && { _birthDate: { extension: [{ url: ESTIMATED, valueBoolean: true }] } }) }
}

/** The day the record speaks of. */
export function dayOf({ record, context }: Chart): string {
  const { visit, event } = record
  return (moment(visit?.at) ?? moment(event?.at))?.slice(0, 10) ?? dayIn(context.zone, context.receivedAt)
}

function deceased({ deceased: is, deceasedAt }: Given): Pick<Patient, 'deceasedBoolean' | 'deceasedDateTime'> {
  const at = moment(deceasedAt)
  if (at) return { deceasedDateTime: at }
  const flag = told(is)
  return flag === undefined ? {} : { deceasedBoolean: flag }
}

function multiple({
  multipleBirth,
  birthOrder,
}: Given): Pick<Patient, 'multipleBirthBoolean' | 'multipleBirthInteger'> {
  const order = count(birthOrder)
  if (order !== undefined && order < 20) return { multipleBirthInteger: order }
  const flag = told(multipleBirth)
  return flag === undefined ? {} : { multipleBirthBoolean: flag }
}

const KIN = { father: 'FTH', mother: 'MTH', husband: 'HUSB', wife: 'WIFE', guardian: 'GUARD' } as const

/** Relations told in the name or beside it, and next of kin. */
function contacts(given: Given): PatientContact[] {
  const marked = [told(given.name)?.relation, told(given.relation)?.relation].flatMap((one) => one ?? [])
  const mother = told(given.mother)
  const made: PatientContact[] = [
    ...marked.flatMap((relation) => related(relation.kind, { text: relation.name }, relation.text)),
    ...(mother ? related('mother', mother, undefined) : []),
    ...(given.contact ?? []).flatMap(kin),
  ]
  return unique(made, ({ name, relationship }) => JSON.stringify([name?.text, relationship?.[0]?.coding?.[0]?.code]))
}

function related(kind: keyof typeof KIN, named: PersonName, words: string | undefined): PatientContact[] {
  const name = humanName(named)
  const mark = text(words)
  const coding = [{ system: hl7('v3-RoleCode'), code: KIN[kind] }]
  return name ? [{ relationship: [{ coding, ...(mark && { text: mark }) }], name }] : []
}

function kin(given: Part<'contact'>): PatientContact[] {
  const name = humanName(given.name)
  const phones = all(given.phones).flatMap((one) => telecom(one) ?? [])
  const place = address(given.address)
  const relationship = concept(given.relationship)
  const gender = told(given.sex)
  if (!name && phones.length === 0 && !place) return []
  return [
    {
      ...(relationship && { relationship: [relationship] }),
      ...(name && { name }),
      ...(phones.length > 0 && { telecom: phones }),
      ...(place && { address: place }),
      ...(gender && { gender }),
    },
  ]
}

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition/patient-'
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-'

/** https://hl7.org/fhir/R4/patient-profiles.html */
function extensions(given: Given): Extension[] {
  const [religion, nationality, place] = [concept(given.religion), concept(given.nationality), text(given.birthPlace)]
  const groups = [
    ...all(given.race).map((one) => ['race', one] as const),
    ...all(given.ethnicity).map((one) => ['ethnicity', one] as const),
  ]
  return [
    ...(religion ? [{ url: `${EXTENSION}religion`, valueCodeableConcept: religion }] : []),
    ...(nationality
      ? [{ url: `${EXTENSION}nationality`, extension: [{ url: 'code', valueCodeableConcept: nationality }] }]
      : []),
    ...(place ? [{ url: `${EXTENSION}birthPlace`, valueAddress: { text: place } }] : []),
    ...groups.flatMap(([kind, one]) => {
      const words = text(one.text ?? one.codings[0]?.display ?? one.codings[0]?.code)
      return words ? [{ url: `${US_CORE}${kind}`, extension: [{ url: 'text', valueString: words }] }] : []
    }),
  ]
}

/** Elements that a field with an explicit clear stands for; a name cannot be taken away. */
const CLEARS: Readonly<Partial<Record<keyof Given, readonly string[]>>> = {
  sex: ['gender'],
  birth: ['birthDate', '_birthDate'],
  deceased: ['deceasedBoolean', 'deceasedDateTime'],
  deceasedAt: ['deceasedDateTime'],
  phones: ['telecom'],
  address: ['address'],
  marital: ['maritalStatus'],
  language: ['communication'],
  multipleBirth: ['multipleBirthBoolean', 'multipleBirthInteger'],
  primaryDoctor: ['generalPractitioner'],
  religion: [`extension|${EXTENSION}religion`],
  nationality: [`extension|${EXTENSION}nationality`],
  birthPlace: [`extension|${EXTENSION}birthPlace`],
  race: [`extension|${US_CORE}race`],
  ethnicity: [`extension|${US_CORE}ethnicity`],
  mother: ['contact|MTH'],
}

function clearsOf(given: Given): string[] {
  const cleared = told(given.name)?.instead ? ['name'] : []
  for (const field in given) {
    if (isCleared(given[field as keyof Given])) cleared.push(...(CLEARS[field as keyof Given] ?? []))
  }
  return cleared
}
