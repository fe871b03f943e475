import type { Identifier, Patient } from '@medplum/fhirtypes'
import type { Element } from '@medplum/fhirtypes'
import { parseName, relativeOf, type ParsedName, type Relative } from '../names/parse.ts'
import { isDevanagari } from '../names/sound.ts'
import type { Kin } from '../names/vocabulary.ts'
import { placesOf, type Place } from './address.ts'
import { birthOf, type Birth } from './birth.ts'
import { few, most, shortAddress, shortName, shortText } from './bounds.ts'
import { latinDigits, phonesOf } from './phone.ts'

/** All of a Patient that is compared: derived from the resource, plain data, made once for each version. */
export interface Features {
  readonly id: string
  readonly names: readonly ParsedName[]
  readonly placeholder: boolean
  readonly relatives: readonly Relative[]
  readonly gender?: 'male' | 'female' | 'other'
  readonly birth?: Birth
  readonly phones: readonly string[]
  readonly places: readonly Place[]
  /** ABHA numbers (14 digits), and addresses (`name@abdm`). */
  readonly abha: readonly string[]
  readonly abhaAddresses: readonly string[]
  /** Numbers given to one person for life by a register of the country: system (or type) and value. */
  readonly national: readonly Numbered[]
  /** Record numbers of facilities. */
  readonly records: readonly Numbered[]
  /** One of several born together. */
  readonly multiple: boolean
  /** Where the record comes from: managingOrganization. */
  readonly facility?: string
  readonly script: 'latin' | 'devanagari' | 'both' | 'none'
}

export interface Numbered {
  readonly system: string
  readonly value: string
}

export function featuresOf(patient: Patient): Features {
  const named = few(patient.name, most.names).map(shortName)
  const names = named.map(parseName)
  const usable = names.filter(({ given }) => given.length > 0)
  const numbers = numbersOf(few(patient.identifier, most.numbers))
  const birth = birthOf(patient.birthDate, isEstimated(patient))
  const texts = named.map((name) => [name.text, ...(name.given ?? []), name.family].join(' '))
  return {
    id: patient.id ?? '',
    names: usable,
    placeholder: usable.length === 0,
    relatives: relativesOf(patient, names),
    ...((patient.gender === 'male' || patient.gender === 'female' || patient.gender === 'other') && {
      gender: patient.gender,
    }),
    ...(birth && { birth }),
    phones: phonesOf(few(patient.telecom, most.telecom)),
    places: placesOf(few(patient.address, most.places).map(shortAddress)),
    ...numbers,
    multiple: patient.multipleBirthBoolean === true || patient.multipleBirthInteger !== undefined,
    ...(patient.managingOrganization?.reference && { facility: patient.managingOrganization.reference }),
    script: scriptOf(texts),
  }
}

function scriptOf(texts: readonly string[]): Features['script'] {
  const [devanagari, latin] = [texts.some(isDevanagari), texts.some((text) => /[a-z]/i.test(text))]
  return devanagari ? (latin ? 'both' : 'devanagari') : latin ? 'latin' : 'none'
}

/** An extension of the birth date that says so, whatever its home: ours, a sender's, or HL7's own accuracy codes (AAE, EEE …). */
function isEstimated(patient: Patient): boolean {
  const { extension } = (patient as Patient & { _birthDate?: Element })._birthDate ?? {}
  return (extension ?? []).some(
    ({ url, valueBoolean, valueCode, valueString }) =>
      (/estimated|approximate/i.test(url) && valueBoolean !== false) ||
      (/accuracy/i.test(url) && /E|estimated/.test(valueCode ?? valueString ?? '')),
  )
}

const kinOf: Readonly<Record<string, Kin>> = {
  FTH: 'father', NFTH: 'father', HUSB: 'husband', MTH: 'mother', NMTH: 'mother', father: 'father', husband: 'husband', mother: 'mother',
  's/o': 'father', 'd/o': 'father', 'w/o': 'husband',
} // prettier-ignore

/** From names (`W/o Mohan`) and from `contact`. */
function relativesOf(patient: Patient, names: readonly ParsedName[]): Relative[] {
  const contacts = few(patient.contact, most.contacts).flatMap(({ relationship, name }) => {
    const words = (relationship ?? []).flatMap(({ coding, text }) => [
      text?.toLowerCase(),
      ...(coding ?? []).map(({ code }) => code),
    ])
    const kin = words.map((one) => (one === undefined ? undefined : kinOf[one])).find(Boolean)
    const full = name?.text ?? [...(name?.given ?? []), name?.family].filter(Boolean).join(' ')
    const relative = full && kin ? relativeOf(kin, shortText(full)) : undefined
    return relative ? [relative] : []
  })
  const own = names.flatMap(({ relative }) => (relative ? [relative] : []))
  const seen = new Set<string>()
  return [...own, ...contacts].filter(({ kin, name }) => {
    const key = `${kin} ${name.sound}`
    return !seen.has(key) && seen.add(key)
  })
}

const ABHA_SYSTEM = /^https?:\/\/(?:healthid(?:sbx)?|abha(?:sbx)?)\.(?:ndhm|abdm)\.gov\.in/
const V2 = /v2-0203/
/** A household's: ration cards (below the poverty line), account and family numbers. */
const HOUSEHOLD = new Set(['BPL', 'RCN', 'AN', 'FILL', 'PLAC', 'VN', 'WC'])
/** Types of v2-0203 and of the ABDM guide whose numbers one person has alone. */
const NATIONAL = new Set(['SS', 'SB', 'NI', 'NIIP', 'PPN', 'DL', 'PMJAY', 'VID', 'CGHS', 'ECHS', 'TAX'])

function numbersOf(
  identifiers: readonly Identifier[],
): Pick<Features, 'abha' | 'abhaAddresses' | 'national' | 'records'> {
  const [abha, abhaAddresses] = [new Set<string>(), new Set<string>()]
  const [national, records] = [new Map<string, Numbered>(), new Map<string, Numbered>()]
  for (const { system, value, type, use } of identifiers) {
    const code = type?.coding?.find(({ system: of }) => of === undefined || V2.test(of) || /ndhm/.test(of))?.code
    const text = latinDigits(value ?? '').trim()
    if (!text || use === 'old') continue
    const digits = text.replace(/\D/g, '')
    const isAbha = (system && ABHA_SYSTEM.test(system)) || code === 'ABHA'
    if (isAbha && text.includes('@')) abhaAddresses.add(text.toLowerCase())
    else if (isAbha && digits.length === 14) abha.add(digits)
    else if (code && NATIONAL.has(code)) keep(national, code, text)
    else if (system === 'http://hl7.org/fhir/sid/us-ssn') keep(national, 'SS', text)
    else if (system && !isAbha && !(code && HOUSEHOLD.has(code))) keep(records, system, text)
  }
  for (const address of abhaAddresses) if (/^\d{14}@/.test(address)) abha.add(address.slice(0, 14))
  return {
    abha: [...abha].sort(),
    abhaAddresses: [...abhaAddresses].sort(),
    national: [...national.values()],
    records: [...records.values()],
  }
}

function keep(into: Map<string, Numbered>, system: string, text: string): void {
  const value = text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}@]/gu, '')
  if (value && !/^0+$/.test(value)) into.set(`${system}|${value}`, { system, value })
}
