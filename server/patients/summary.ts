import type { Patient } from '@medplum/fhirtypes'
import type { Features } from './keys/features.ts'
import type { Field } from './score/compare.ts'

/** What a record says in a field, for somebody who compares two: as it was written, where the resource keeps that. */
export function valueOf(field: Field, patient: Patient, features: Features): string | undefined {
  const found = values[field](patient, features).filter((text) => text !== undefined && text !== '')
  return found.length > 0 ? [...new Set(found)].join(' · ') : undefined
}

type Values = (patient: Patient, features: Features) => readonly (string | undefined)[]

/** A name that was not taken apart by its sender is shown whole. */
const names = (part: 'given' | 'family'): Values => {
  return ({ name }) =>
    (name ?? []).map((one) => {
      const own = part === 'given' ? one.given?.join(' ') : one.family
      return own ?? one.text
    })
}

const values: Readonly<Record<Field, Values>> = {
  given: names('given'),
  family: names('family'),
  suffix: (_, features) => features.names.map(({ suffix }) => suffix),
  gender: ({ gender }) => [gender],
  birth: ({ birthDate }, { birth }) => [birthDate && `${birthDate}${birth?.estimated ? ' (estimated)' : ''}`],
  relative: ({ contact }, { relatives }) => {
    const told = (contact ?? []).map(
      ({ name }) => name?.text ?? [...(name?.given ?? []), name?.family].join(' ').trim(),
    )
    return told.length > 0 ? told : relatives.map(({ name }) => name.text)
  },
  phone: (_, { phones }) => phones,
  place: ({ address }) =>
    (address ?? []).map(({ text, line, city, district, postalCode }) =>
      (city ?? district ?? postalCode)
        ? [city ?? district, postalCode].filter(Boolean).join(' ')
        : (text ?? line?.join(', ')),
    ),
  line: ({ address }) => (address ?? []).map(({ line, text }) => line?.join(', ') ?? text),
  abha: (_, { abha, abhaAddresses }) => [...abha, ...abhaAddresses],
  national: (_, { national }) => national.map(({ system, value }) => `${system} ${value}`),
  record: ({ identifier }, { records }) =>
    (identifier ?? []).filter(({ system }) => records.some((one) => one.system === system)).map(({ value }) => value),
}
