import type { ResourceType } from '@medplum/fhirtypes'
import { plainDigits } from './digits.ts'
import { mobileOf } from './mobile.ts'

/** A row of profiles/identifier-systems.json: one national register, and all the addresses it is written under. */
export interface IdentifierSystem {
  readonly name: string
  readonly system: string
  readonly aliases: readonly string[]
  /** Whose identity it is: a resource of these types is found again by it. */
  readonly types: readonly ResourceType[]
}

export class Systems {
  readonly #byUrl = new Map<string, IdentifierSystem>()
  readonly #inQuery: RegExp

  constructor(systems: readonly IdentifierSystem[]) {
    for (const one of systems) for (const url of [one.system, ...one.aliases]) this.#byUrl.set(url, one)
    const urls = [...this.#byUrl.keys()].map((url) => url.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    this.#inQuery = new RegExp(`(?<![^,$|])(${urls.join('|')})/?\\|([^,$|]*)`, 'g')
  }

  /** The register behind a system, whichever of its addresses it is, with or without a slash at the end. */
  of(url: string): IdentifierSystem | undefined {
    const known = this.#byUrl.get(url)
    if (known || url.length > LONGEST) return known
    return this.#byUrl.get(url.replace(/\/+$/, '').toLowerCase())
  }

  /** A search value says what is stored: canonical systems and forms of identifiers, E.164 for mobiles. */
  inQuery(query: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
    if (!query.some(([name, value]) => value.includes('|') || PHONE.test(name))) return query
    return query.map(([name, value]) => {
      if (PHONE.test(name)) return [name, value.split(',').map(canonicalPhone).join(',')]
      return [
        name,
        value.replace(this.#inQuery, (_, url: string, given: string) => {
          const system = this.of(url)
          return system ? `${system.system}|${formed(system, given).value}` : `${url}|${given}`
        }),
      ]
    })
  }
}

/** Letters: what is longer is no address of a register. */
const LONGEST = 500

const PHONE = /(?:^|[.:])(?:phone|telecom)$/

function canonicalPhone(value: string): string {
  const mark = value.lastIndexOf('|') + 1
  return value.slice(0, mark) + (mobileOf(value.slice(mark)) ?? value.slice(mark))
}

export interface Formed {
  readonly value: string
  /** What is wrong with the form; `refused` when it cannot be a number of this register at all. */
  readonly fault?: { readonly message: string; readonly hint: string; readonly refused: boolean }
}

/** A value of a national register in the one form it is stored in. */
export function formed({ name }: Pick<IdentifierSystem, 'name'>, given: string): Formed {
  const value = given.trim()
  switch (name) {
    case 'ABHA':
      return abha(value)
    case 'HPR':
      return { value: dashed(value) ?? value }
    case 'HFR':
      return { value: /^in\d{8,12}$/i.test(value) ? value.toUpperCase() : value }
    default:
      return { value }
  }
}

/** A number, 14 digits shown XX-XXXX-XXXX-XXXX, or an address such as name@abdm. */
function abha(value: string): Formed {
  if (ADDRESS.test(value)) return { value: value.toLowerCase() }
  const number = dashed(value)
  if (number === undefined) {
    const message = 'This is neither an ABHA number of 14 digits nor an ABHA address'
    const hint = 'Send XX-XXXX-XXXX-XXXX or name@abdm; another number belongs under its own system.'
    return { value, fault: { message, hint, refused: true } }
  }
  if (passesLuhn(number.replaceAll('-', ''))) return { value: number }
  const hint = 'Compare it with the card: a digit may be mistyped.'
  return { value: number, fault: { message: 'The check digit of the ABHA number does not fit', hint, refused: false } }
}

const ADDRESS = /^[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?@(?:abdm|sbx|ndhm)$/i

function dashed(value: string): string | undefined {
  const digits = plainDigits(value).replace(/[\s\-\u2010-\u2015]/g, '')
  return /^\d{14}$/.test(digits) ? digits.replace(/^(..)(....)(....)(....)$/, '$1-$2-$3-$4') : undefined
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (1 + (i % 2))
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}
