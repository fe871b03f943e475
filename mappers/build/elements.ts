import type {
  Address,
  Annotation,
  Attachment,
  CodeableConcept,
  Coding,
  ContactPoint,
  Extension,
  HumanName,
  Identifier,
  Period,
} from '@medplum/fhirtypes'
import {
  CLEAR,
  type Clear,
  type Coded,
  type File,
  type LocalIdentifier,
  type PersonName,
  type Phone,
  type PostalAddress,
} from '../canonical.ts'
import { saysNothing, tidied } from '../values/blanks.ts'
import { ABHA } from '../values/identifiers.ts'
import { hl7 } from '../values/systems.ts'
import { each } from './given.ts'
import { facilitySystem } from './identity.ts'
import { code, isBefore, text, uri } from './primitives.ts'

/** Marks a birth date that was reckoned from an age (fixtures/city/registrations.ts writes the same). */
export const ESTIMATED = 'https://city.parchi.example/fhir/StructureDefinition/estimated-birth-date'
/** On an Encounter that is no visit any more: the one that it goes on in. */
export const REPLACED_BY = 'https://parchi.example/fhir/StructureDefinition/replaced-by'
/** On a name or number that is nobody's in particular: people are never matched by it. */
export const NOT_FOR_MATCHING = 'https://parchi.example/fhir/StructureDefinition/not-for-matching'
const LANGUAGE = 'http://hl7.org/fhir/StructureDefinition/language'

// Elements and resources are filled one member after the other, in FHIR's order: a literal with a spread for each member
// that may be absent costs V8 twenty times as much, and they are most of what mapping a record costs.

/** A reference to what this record makes. */
export interface Ref {
  readonly reference: string
  readonly display?: string
}

/** A period in the right order; an end before the start is left out. */
export function period(start: string | undefined, end: string | undefined): Period | undefined {
  if (start === undefined && end === undefined) return undefined
  const made: Period = {}
  if (start) made.start = start
  if (end && (start === undefined || !isBefore(end, start))) made.end = end
  return made
}

export function concept(coded: Coded | Clear | undefined): CodeableConcept | undefined {
  if (coded === undefined || coded === CLEAR) return undefined
  const coding = each(coded.codings, codingOf)
  const written = text(coded.text)
  if (coding.length === 0 && written === undefined) return undefined
  const made: CodeableConcept = {}
  if (coding.length > 0) made.coding = coding
  if (written) made.text = written
  return made
}

/** What was given, done or found; `Nil` in such a column names nothing. */
export function named(coded: Coded | Clear | undefined): CodeableConcept | undefined {
  const made = concept(coded)
  return made?.text !== undefined && !hasCode(made) && saysNothing(made.text) ? undefined : made
}

/** A code of a list that knows it, and not only the word itself under a system of the facility. */
function hasCode({ coding = [], text: words }: CodeableConcept): boolean {
  return coding.some((one) => one.code !== words)
}

function codingOf(one: Coded['codings'][number]): Coding | undefined {
  const [value, system, display] = [code(one.code), uri(one.system), text(one.display)]
  if (value === undefined) return undefined
  const made: Coding = {}
  if (system) made.system = system
  made.code = value
  if (display) made.display = display
  return made
}

/** `key` of a record's item: what its code or text says. */
export function keyOfCoded(coded: Coded | Clear | undefined): string {
  if (coded === undefined || coded === CLEAR) return ''
  return tidied(coded.text ?? coded.codings[0]?.code ?? '').toLowerCase()
}

/** A code of HL7's own tables. */
export function hl7Concept(system: string, value: string, words?: string): CodeableConcept {
  const made: CodeableConcept = { coding: [{ system: hl7(system), code: value }] }
  if (words) made.text = words
  return made
}

/** v2-0203, as far as senders in India use it; other words stand as text. */
const TYPES = new Set([
  'MR',
  'VN',
  'AN',
  'SS',
  'DL',
  'PPN',
  'PI',
  'PT',
  'NI',
  'MD',
  'PRN',
  'EI',
  'PLAC',
  'FILL',
  'ACSN',
  'HC',
  'MC',
  'NH',
  'RI',
  'U',
  'UDI',
  'XX',
  'TAX',
  'EN',
  'BR',
  'MB',
  'SN',
  'PN',
  'NPI',
  'DN',
  'LN',
  'MA',
  'MCN',
])

export function identifier(
  of: LocalIdentifier | Clear | undefined,
  facility: string,
  kind: string,
  type?: string,
): Identifier | undefined {
  if (of === undefined || of === CLEAR) return undefined
  const value = text(of.value)
  if (value === undefined) return undefined
  const word = text(of.type ?? type)
  const system = uri(of.system) ?? facilitySystem(facility, word && word !== type ? slug(word) : kind)
  const assigner = text(of.assigner)
  const made: Identifier = {}
  if (of.use) made.use = of.use
  if (word) made.type = typeOf(word, system)
  made.system = system
  made.value = value
  if (assigner) made.assigner = { display: assigner }
  return made
}

function typeOf(word: string, system: string): CodeableConcept {
  if (system === ABHA) return hl7Concept('v2-0203', 'MR', 'ABHA number')
  return TYPES.has(word) ? hl7Concept('v2-0203', word) : { text: word }
}

function slug(word: string): string {
  return encodeURIComponent(word.trim().toLowerCase().replace(/\s+/g, '-'))
}

export function humanName(name: PersonName | Clear | undefined): HumanName | undefined {
  if (name === undefined || name === CLEAR) return undefined
  const written = text(name.text)
  const given = each(name.given ?? [], text)
  const [family, prefix, suffix] = [text(name.family), text(name.prefix), text(name.suffix)]
  if (!written && !family && given.length === 0) return undefined
  const extension: Extension[] = []
  if (name.language) extension.push({ url: LANGUAGE, valueCode: name.language })
  if (name.placeholder) extension.push({ url: NOT_FOR_MATCHING, valueBoolean: true })
  const use = name.placeholder
    ? 'temp'
    : USES.has(name.use ?? '')
      ? (name.use as NonNullable<HumanName['use']>)
      : undefined
  const made: HumanName = {}
  if (extension.length > 0) made.extension = extension
  if (use) made.use = use
  if (written) made.text = written
  if (family) made.family = family
  if (given.length > 0) made.given = given
  if (prefix) made.prefix = [prefix]
  if (suffix) made.suffix = [suffix]
  return made
}

const USES = new Set(['usual', 'official', 'temp', 'nickname', 'anonymous', 'old', 'maiden'])

export function telecom(phone: Phone | undefined): ContactPoint | undefined {
  const value = text(phone?.value)
  if (!phone || value === undefined) return undefined
  const made: ContactPoint = {}
  if (phone.fake) made.extension = [{ url: NOT_FOR_MATCHING, valueBoolean: true }]
  made.system = phone.system
  made.value = value
  if (phone.use) made.use = phone.use
  return made
}

export function address(of: PostalAddress | Clear | undefined): Address | undefined {
  if (of === undefined || of === CLEAR) return undefined
  const [written, line] = [text(of.text), each(of.lines ?? [], text)]
  const [city, district, state] = [text(of.city), text(of.district), text(of.state)]
  const [postalCode, country] = [text(of.pin), text(of.country)]
  if (!(written ?? city ?? district ?? state ?? postalCode ?? country) && line.length === 0) return undefined
  const made: Address = {}
  if (of.use) made.use = of.use
  if (written) made.text = written
  if (line.length > 0) made.line = line
  if (city) made.city = city
  if (district) made.district = district
  if (state) made.state = state
  if (postalCode) made.postalCode = postalCode
  if (country) made.country = country
  return made
}

export function notes(...given: readonly (string | Clear | undefined)[]): Annotation[] {
  return each(given, note)
}

function note(given: string | Clear | undefined): Annotation | undefined {
  const written = text(given)
  return written === undefined ? undefined : { text: written }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

export function attachment(file: File | Clear | undefined): Attachment | undefined {
  if (file === undefined || file === CLEAR) return undefined
  const packed = file.data?.replace(/\s+/g, '')
  const isPacked = packed !== undefined && packed !== '' && BASE64.test(packed)
  const plain = text(file.text ?? (isPacked ? undefined : file.data))
  const data = isPacked ? packed : plain && Buffer.from(plain, 'utf8').toString('base64')
  const url = uri(file.url)
  if (!data && !url) return undefined
  const type = isPacked || url ? code(file.contentType) : 'text/plain; charset=utf-8'
  const title = text(file.title)
  const made: Attachment = {}
  if (type) made.contentType = type
  if (data) made.data = data
  if (url) made.url = url
  if (title) made.title = title
  return made
}
