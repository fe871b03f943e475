import type { LocalIdentifier, Person, PersonName } from '../../canonical.ts'
import { saysNothing } from '../../values/blanks.ts'
import { readAddress } from '../../values/addresses.ts'
import { readAbha, readIdentifier, readPin } from '../../values/identifiers.ts'
import { readName, readRelation } from '../../values/names.ts'
import { readPhones } from '../../values/phones.ts'
import type { Reading } from '../../values/reading.ts'
import type { Cell, Fn } from '../function.ts'
import { asText } from './text.ts'

const relations = ['father', 'mother', 'husband', 'wife', 'guardian'] as const

/** Who somebody is and how they are reached. */
export const personFunctions: readonly Fn[] = [
  reading('person-name', 'name', 'a name with its honorifics and relations, `Smt. Geeta Devi W/o Mohan`', readName),
  {
    name: 'relation',
    about: 'the name of a father, husband … in a column of its own: { relation: father }',
    takes: 'text',
    gives: 'name',
    option: { enum: relations },
    make: (option) => (value, cell) => {
      const kind = (option as (typeof relations)[number] | undefined) ?? 'guardian'
      return told(readRelation(asText(value), kind), asText(value), cell)
    },
  },
  {
    name: 'person',
    about: 'who treats, by name: `Dr. Meena Sahu`; `Self` and `Nil` are nobody',
    takes: 'text',
    gives: 'person',
    make: () => (value, cell) => {
      if (isNobody(asText(value))) return undefined
      const name = told<PersonName>(readName(asText(value)), asText(value), cell)
      return name && ({ name, ids: [] } satisfies Person)
    },
  },
  {
    name: 'in-mobile',
    about: 'Indian mobile and landline numbers, all of a cell, as +91…',
    takes: 'text',
    gives: 'phone',
    many: true,
    make: () => (value, cell) => told(readPhones(asText(value)), asText(value), cell),
  },
  {
    name: 'phone',
    about: 'the first number of a cell',
    takes: 'text',
    gives: 'phone',
    make: () => (value, cell) => told(readPhones(asText(value)), asText(value), cell)?.[0],
  },
  reading(
    'abha',
    'identifier',
    'an ABHA number (14 digits); a wrong one is kept as a number of the facility',
    readAbha,
  ),
  reading('abha-address', 'identifier', 'an ABHA address, `name@abdm`', readAbha),
  reading('pin', 'text', 'a PIN code', readPin),
  {
    name: 'address',
    about: 'an address in one cell, with its PIN, district and state where they are marked',
    takes: 'text',
    gives: 'address',
    make: () => (value) => readAddress(asText(value)),
  },
  {
    name: 'identifier',
    about: 'a number of the facility: { identifier: { type: BPL, system: "https://…" } }',
    takes: 'text',
    gives: 'identifier',
    option: {
      type: 'object',
      properties: { type: { type: 'string' }, system: { type: 'string' }, assigner: { type: 'string' } },
      additionalProperties: false,
    },
    make: (option) => {
      const about = (option ?? {}) as Omit<LocalIdentifier, 'value'>
      return (value, cell) => told(readIdentifier(asText(value), about), asText(value), cell)
    },
  },
]

/** `Ref By: Self`: the patient came without being sent. */
function isNobody(text: string): boolean {
  return saysNothing(text) || /^(?:self|walk[- ]?in|direct|by self|स्वयं)\.?$/iu.test(text.trim())
}

/** What was read, and the fault told. */
function told<T>({ value, fault, detail }: Reading<T>, text: string, cell: Cell): T | undefined {
  if (fault) cell.report(fault, detail ? { value: text, detail } : { value: text })
  return value
}

function reading(name: string, gives: Fn['gives'], about: string, read: (text: string) => Reading<unknown>): Fn {
  return {
    name,
    about,
    takes: 'text',
    gives,
    make: () => (value, cell) => told(read(asText(value)), asText(value), cell),
  }
}
