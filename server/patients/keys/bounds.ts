import type { Address, HumanName } from '@medplum/fhirtypes'

/**
 * How much of a Patient is compared. Each of one is held against each of the other, word by word and letter by letter, in the
 * one thread there is: whoever sends a name of thousands of words must not hold up everybody.
 */
export const most = { names: 10, telecom: 20, places: 10, numbers: 100, contacts: 20 } as const

/** Letters: of a name, a line of an address. */
const LONGEST = 300
const PARTS = 12

export function few<T>(list: readonly T[] | undefined, many: number): readonly T[] {
  if (list === undefined) return []
  return list.length > many ? list.slice(0, many) : list
}

export function shortText(text: string): string {
  return text.length > LONGEST ? text.slice(0, LONGEST) : text
}

export function shortName(name: HumanName): HumanName {
  const { text = '', family = '', given = [], suffix = [] } = name
  const parts = [...given, ...suffix]
  if (text.length + family.length <= LONGEST && parts.length <= PARTS && parts.every(isShort)) return name
  return {
    ...name,
    ...(name.text !== undefined && { text: shortText(text) }),
    ...(name.family !== undefined && { family: shortText(family) }),
    given: few(given, PARTS).map(shortText),
    suffix: few(suffix, PARTS).map(shortText),
  }
}

export function shortAddress(address: Address): Address {
  const { text = '', line = [], city = '', postalCode = '' } = address
  if (line.length <= PARTS && [text, city, postalCode, ...line].every(isShort)) return address
  return {
    ...address,
    ...(address.text !== undefined && { text: shortText(text) }),
    ...(address.city !== undefined && { city: shortText(city) }),
    ...(address.postalCode !== undefined && { postalCode: shortText(postalCode) }),
    ...(address.line && { line: few(line, PARTS).map(shortText) }),
  }
}

function isShort(text: string): boolean {
  return text.length <= LONGEST
}
