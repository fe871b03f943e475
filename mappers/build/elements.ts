import type {
  Address,
  Annotation,
  Attachment,
  CodeableConcept,
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
import { ABHA } from '../values/identifiers.ts'
import { hl7 } from '../values/systems.ts'
import { facilitySystem } from './identity.ts'

/** Marks a birth date that was reckoned from an age (fixtures/city/registrations.ts writes the same). */
export const ESTIMATED = 'https://city.parchi.example/fhir/StructureDefinition/estimated-birth-date'
/** On a name or number that is nobody's in particular: people are never matched by it. */
export const NOT_FOR_MATCHING = 'https://parchi.example/fhir/StructureDefinition/not-for-matching'
const LANGUAGE = 'http://hl7.org/fhir/StructureDefinition/language'

/** A reference to what this record makes. */
export interface Ref {
  readonly reference: string
  readonly display?: string
}

/** What is told: an explicit clear tells nothing that could be written. */
export function told<T>(value: T | Clear | undefined): Exclude<T, Clear> | undefined {
  return value === CLEAR || value === undefined ? undefined : (value as Exclude<T, Clear>)
}

export function all<T>(value: readonly (T | Clear)[] | Clear | undefined): readonly T[] {
  if (value === CLEAR || value === undefined) return []
  return isCleared(value) ? value.filter((one): one is T => one !== CLEAR) : (value as readonly T[])
}

/** Whether what was known before is taken away; of a list also where it is told anew. */
export function isCleared(value: unknown): boolean {
  return value === CLEAR || (Array.isArray(value) && value[0] === CLEAR)
}

/** Control characters but tab and line ends, and halves of surrogate pairs. */
const UNPRINTABLE = /[^\P{Cc}\t\r\n]|\p{Surrogate}/gu

/** Whether there is nothing to look for: no control or surrogate, no blank at an end. A loop, for every text passes here. */
function isPlain(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i)
    if (unit < 0x20 || (unit > 0x7e && unit < 0xa1) || unit > 0x1fff) return false
  }
  return !value.startsWith(' ') && !value.endsWith(' ')
}

/** A FHIR string: not blank, no control characters, well-formed; undefined when nothing is left. */
export function text(value: string | Clear | undefined): string | undefined {
  if (value === undefined || value === CLEAR) return undefined
  const trimmed = isPlain(value) ? value : value.replace(UNPRINTABLE, '').trim()
  return trimmed === '' ? undefined : trimmed
}

/** A FHIR code: single blanks inside only. */
export function code(value: string | undefined): string | undefined {
  return text(value)?.replace(/\s+/g, ' ')
}

function uri(value: string | undefined): string | undefined {
  const clean = text(value)
  return clean !== undefined && /^\S+$/.test(clean) ? clean : undefined
}

const INSTANT =
  /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?)?$/

/** A dateTime of any precision that FHIR takes; undefined when it is none. */
export function moment(value: string | Clear | undefined): string | undefined {
  if (value === undefined || value === CLEAR || !INSTANT.test(value) || value.startsWith('0')) return undefined
  if (value.length < 10) return value
  const [year, month, day] = [Number(value.slice(0, 4)), Number(value.slice(5, 7)), Number(value.slice(8, 10))]
  return day > 28 && new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day ? undefined : value
}

export function date(value: string | Clear | undefined): string | undefined {
  return moment(value)?.slice(0, 10)
}

/** FHIR's instant: with a time and an offset. */
export function instant(value: string | Clear | undefined): string | undefined {
  const given = moment(value)
  return given !== undefined && given.length > 10 ? given : undefined
}

/** A period in the right order; an end before the start is left out. */
export function period(start: string | undefined, end: string | undefined): Period | undefined {
  if (start === undefined && end === undefined) return undefined
  const ordered = start === undefined || end === undefined || !isBefore(end, start)
  return { ...(start && { start }), ...(end && ordered && { end }) }
}

/** At the precision both have. */
export function isBefore(a: string, b: string): boolean {
  if (a.length > 10 && b.length > 10) return Date.parse(a) < Date.parse(b)
  const shared = Math.min(a.length, b.length, 10)
  return a.slice(0, shared) < b.slice(0, shared)
}

export function concept(coded: Coded | Clear | undefined): CodeableConcept | undefined {
  if (coded === undefined || coded === CLEAR) return undefined
  const coding = coded.codings.flatMap((one) => {
    const [value, system, display] = [code(one.code), uri(one.system), text(one.display)]
    return value === undefined ? [] : [{ ...(system && { system }), code: value, ...(display && { display }) }]
  })
  const written = text(coded.text)
  if (coding.length === 0 && written === undefined) return undefined
  return { ...(coding.length > 0 && { coding }), ...(written && { text: written }) }
}

/** `key` of a record's item: what its code or text says. */
export function keyOfCoded(coded: Coded | Clear | undefined): string {
  if (coded === undefined || coded === CLEAR) return ''
  const words = coded.text ?? coded.codings[0]?.code ?? ''
  return words.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
}

/** A code of HL7's own tables. */
export function hl7Concept(system: string, value: string, words?: string): CodeableConcept {
  return { coding: [{ system: hl7(system), code: value }], ...(words && { text: words }) }
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
  return {
    ...(word && { type: typeOf(word, system) }),
    system,
    value,
    ...(assigner && { assigner: { display: assigner } }),
  }
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
  const given = name.given?.flatMap((one) => text(one) ?? [])
  const [family, prefix, suffix] = [text(name.family), text(name.prefix), text(name.suffix)]
  if (!written && !family && !given?.length) return undefined
  const extension: Extension[] = []
  if (name.language) extension.push({ url: LANGUAGE, valueCode: name.language })
  if (name.placeholder) extension.push({ url: NOT_FOR_MATCHING, valueBoolean: true })
  const use = name.placeholder ? 'temp' : USES.has(name.use ?? '') ? (name.use as HumanName['use']) : undefined
  return {
    ...(extension.length > 0 && { extension }),
    ...(use && { use }),
    ...(written && { text: written }),
    ...(family && { family }),
    ...(given?.length && { given }),
    ...(prefix && { prefix: [prefix] }),
    ...(suffix && { suffix: [suffix] }),
  }
}

const USES = new Set(['usual', 'official', 'temp', 'nickname', 'anonymous', 'old', 'maiden'])

export function telecom(phone: Phone | undefined): ContactPoint | undefined {
  const value = text(phone?.value)
  if (!phone || value === undefined) return undefined
  return {
    ...(phone.fake && { extension: [{ url: NOT_FOR_MATCHING, valueBoolean: true }] }),
    system: phone.system,
    value,
    ...(phone.use && { use: phone.use }),
  }
}

export function address(of: PostalAddress | Clear | undefined): Address | undefined {
  if (of === undefined || of === CLEAR) return undefined
  const line = of.lines?.flatMap((one) => text(one) ?? [])
  const made: Address = {
    ...(of.use && { use: of.use }),
    ...optional('text', text(of.text)),
    ...(line?.length && { line }),
    ...optional('city', text(of.city)),
    ...optional('district', text(of.district)),
    ...optional('state', text(of.state)),
    ...optional('postalCode', text(of.pin)),
    ...optional('country', text(of.country)),
  }
  return Object.keys(made).length > (of.use ? 1 : 0) ? made : undefined
}

/** The first of those that are one by their key. */
export function unique<T>(all: readonly T[], keyOf: (one: T) => string): T[] {
  const found = new Map<string, T>()
  for (const one of all) {
    const key = keyOf(one)
    if (!found.has(key)) found.set(key, one)
  }
  return [...found.values()]
}

export function optional<K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }
}

/** A positive number without decimals, as far as FHIR's integers go; other texts are none. */
export function count(digits: string | Clear | undefined, least = 1): number | undefined {
  const number = digits === undefined || digits === CLEAR || digits.trim() === '' ? Number.NaN : Number(digits)
  return Number.isInteger(number) && number >= least && number < 2 ** 31 ? number : undefined
}

export function notes(...texts: readonly (string | Clear | undefined)[]): Annotation[] {
  return texts.flatMap((one) => text(one) ?? []).map((one) => ({ text: one }))
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
  return { ...(type && { contentType: type }), ...(data && { data }), ...(url && { url }), ...(title && { title }) }
}
