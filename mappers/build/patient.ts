import type { Element, Extension, HumanName, Identifier, Patient, PatientContact } from '@medplum/fhirtypes'
import { CLEAR, type Birth, type LocalIdentifier, type Part, type PersonName } from '../canonical.ts'
import { agrees, birthOf, readAge } from '../values/ages.ts'
import { dayIn } from '../values/moments.ts'
import { referTo, type Chart } from './chart.ts'
import { address, concept, ESTIMATED, hl7Concept, humanName, telecom } from './elements.ts'
import { all, defined, each, isCleared, told, unique } from './given.ts'
import { keyOfNumber } from './identity.ts'
import { count, date, moment, text } from './primitives.ts'

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
  chart.subject = referTo('Patient', id, text(name[0]?.text))
  if (name.length === 0) {
    if (own === undefined || given.name === CLEAR || isDescribed(given)) chart.find('NAME_MISSING', 'patient.name')
    else chart.needs.push(`Patient/${id}`)
    return
  }
  const made = patientOf(chart, given, id, ids, name)
  chart.add(made, 'merge', [...clearsOf(given), ...renewed(chart, made)])
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
    ...chart.identifiers('other', undefined, ...others(given)),
    ...chart.identifiers('account', 'AN', given.accountNumber, formerAccount(chart)),
  ]
  return unique(found, ({ system, value }) => `${system ?? ''}|${value ?? ''}`)
}

/** Without the number of the house and the national one, which a list of all numbers tells again. */
function others({ localId, abha, otherIds }: Given): readonly LocalIdentifier[] {
  const found = all(otherIds)
  if (found.length === 0) return found
  const [own, national] = [told(localId), told(abha)]
  const digits = national && plain(national)
  return found.filter((one) => !(own && isSame(one, own)) && plain(one) !== digits)
}

function plain({ value }: LocalIdentifier): string {
  return value.replace(/[\s-]/g, '')
}

function isSame(a: LocalIdentifier, b: LocalIdentifier): boolean {
  return a.value === b.value && a.system === b.system && a.type === b.type && a.assigner === b.assigner
}

/** `event.action: merge-account` (A35, A41, A49): the account merge.account goes on under patient.accountNumber. */
function formerAccount({ record: { event, merge } }: Chart): LocalIdentifier | undefined {
  const account = told(merge?.account)
  return account && event?.action === 'merge-account' ? { ...account, type: 'AN', use: 'old' } : undefined
}

function names(given: Given): HumanName[] {
  return once(each([told(given.name), ...all(given.otherNames)], humanName))
}

/** What is told twice, word by word, is one. */
function once<T>(all: T[]): T[] {
  return unique(all, (one) => JSON.stringify(one))
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
  const phones = once(each(all(given.phones), telecom))
  const places = once(each(all(given.address), address))
  const contact = contacts(given)
  const marital = concept(given.marital)
  const language = concept(given.language)
  const doctor = chart.practitioner(given.primaryDoctor)
  const extension = extensions(given)
  const active = told(given.active)
  const made: PatientWithBirth = { resourceType: 'Patient', id }
  if (extension.length > 0) made.extension = extension
  if (identifier.length > 0) made.identifier = identifier
  if (active !== undefined) made.active = active
  made.name = name
  if (phones.length > 0) made.telecom = phones
  if (given.sex !== CLEAR) made.gender = given.sex ?? 'unknown'
  setBirth(made, birth(chart, given))
  setDeceased(made, given)
  if (places.length > 0) made.address = places
  if (marital) made.maritalStatus = marital
  setMultiple(made, given)
  if (contact.length > 0) made.contact = contact
  if (language) made.communication = [{ language }]
  if (doctor) made.generalPractitioner = [doctor]
  made.managingOrganization = chart.house()
  return made
}

/** A primitive's extensions stand beside it. */
interface PatientWithBirth extends Patient {
  id: string
  _birthDate?: Element
}

/** The birth date; else what the age gives. Both: the date, if they disagree with a warning. */
function birth(chart: Chart, given: Given): Birth | undefined {
  const known = told(given.birth)
  const words = text(given.age)
  const age = words === undefined ? undefined : readAge(words).value
  if (!age) return known
  const on = dayOf(chart)
  if (known && !known.estimated && !agrees(known.date, age, on)) chart.find('AGE_DOB', 'patient.age')
  return known ?? birthOf(age, { year: +on.slice(0, 4), month: +on.slice(5, 7) || 1, day: +on.slice(8) || 1 })
}

function setBirth(made: PatientWithBirth, found: Birth | undefined): void {
  const birthDate = date(found?.date)
  if (birthDate === undefined) return
  made.birthDate = birthDate
  if (found?.estimated) made._birthDate = { extension: [{ url: ESTIMATED, valueBoolean: true }] }
}

/** The day the record speaks of. */
export function dayOf({ record, context }: Chart): string {
  const { visit, event } = record
  return (moment(visit?.at) ?? moment(event?.at))?.slice(0, 10) ?? dayIn(context.zone, context.receivedAt)
}

function setDeceased(made: Patient, { deceased, deceasedAt }: Given): void {
  const [at, flag] = [moment(deceasedAt), told(deceased)]
  if (at) made.deceasedDateTime = at
  else if (flag !== undefined) made.deceasedBoolean = flag
}

function setMultiple(made: Patient, { multipleBirth, birthOrder }: Given): void {
  const [order, flag] = [count(birthOrder), told(multipleBirth)]
  if (order !== undefined && order < 20) made.multipleBirthInteger = order
  else if (flag !== undefined) made.multipleBirthBoolean = flag
}

const KIN = { father: 'FTH', mother: 'MTH', husband: 'HUSB', wife: 'WIFE', guardian: 'GUARD' } as const

/** Relations told in the name or beside it, and next of kin. */
function contacts(given: Given): PatientContact[] {
  const mother = told(given.mother)
  const made = [
    marked(told(given.name)?.relation),
    marked(told(given.relation)?.relation),
    mother && related('mother', mother, undefined),
    ...(given.contact ?? []).map(kin),
  ]
  return unique(defined(made), whoOf)
}

function whoOf({ name, relationship }: PatientContact): string {
  return JSON.stringify([name?.text, relationship?.[0]?.coding?.[0]?.code])
}

function marked(relation: PersonName['relation']): PatientContact | undefined {
  return relation && related(relation.kind, { text: relation.name }, relation.text)
}

function related(kind: keyof typeof KIN, named: PersonName, words: string | undefined): PatientContact | undefined {
  const name = humanName(named)
  return name && { relationship: [hl7Concept('v3-RoleCode', KIN[kind], text(words))], name }
}

function kin(given: Part<'contact'>): PatientContact | undefined {
  const name = humanName(given.name)
  const phones = each(all(given.phones), telecom)
  const place = address(given.address)
  const relationship = defined([concept(given.relationship), concept(given.role)])
  const gender = told(given.sex)
  if (!name && phones.length === 0 && !place) return undefined
  const made: PatientContact = {}
  if (relationship.length > 0) made.relationship = relationship
  if (name) made.name = name
  if (phones.length > 0) made.telecom = phones
  if (place) made.address = place
  if (gender) made.gender = gender
  return made
}

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition/patient-'
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-'

/** https://hl7.org/fhir/R4/patient-profiles.html */
function extensions(given: Given): Extension[] {
  const [religion, nationality, place] = [concept(given.religion), concept(given.nationality), text(given.birthPlace)]
  const found: Extension[] = []
  if (religion) found.push({ url: `${EXTENSION}religion`, valueCodeableConcept: religion })
  if (nationality) {
    const code = { url: 'code', valueCodeableConcept: nationality }
    found.push({ url: `${EXTENSION}nationality`, extension: [code] })
  }
  if (place) found.push({ url: `${EXTENSION}birthPlace`, valueAddress: { text: place } })
  addGroups(found, 'race', given.race)
  addGroups(found, 'ethnicity', given.ethnicity)
  return found
}

function addGroups(found: Extension[], kind: string, groups: Given['race']): void {
  for (const one of all(groups)) {
    const words = text(one.text ?? one.codings[0]?.display ?? one.codings[0]?.code)
    if (words) found.push({ url: `${US_CORE}${kind}`, extension: [{ url: 'text', valueString: words }] })
  }
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

/**
 * `event.action: update` (A08, A31) mends who somebody is: the name and the numbers it tells take the place of those told
 * before, of each kind (telephone, e-mail) that it tells any of. Of other messages they are further ones.
 */
function renewed({ record }: Chart, { telecom = [] }: Patient): string[] {
  if (record.event?.action !== 'update') return []
  return ['name', ...new Set(telecom.flatMap(({ system }) => (system ? [`telecom|${system}`] : [])))]
}
