import type { Patient } from '@medplum/fhirtypes'
import type { Features } from '../keys/features.ts'
import { latinDigits, phone } from '../keys/phone.ts'
import { nameWords } from '../names/parse.ts'
import { word, type Word } from '../names/sound.ts'

/**
 * What a person is found by while somebody types, in either script. A term begins with its kind:
 *
 *     n sound sound    two words of a name in either order, as their phonetic keys; a lone word has an empty second one
 *     p 9826012345     a telephone number
 *     i 1234           a number of the person: ABHA, ABHA address, record number; letters and digits alone
 *
 * So the start of a second word narrows a first one in one stretch of the index, whatever order they are typed in. They are
 * stored: what they mean must not change without `Patient/$find` being filled anew.
 */
export function termsOf(features: Features): string[] {
  const names = features.names.flatMap(({ given, family, fillers }) => pairs([...given, ...family, ...fillers]))
  const phones = features.phones.map((one) => `p ${one}`)
  const { abha, abhaAddresses, national, records } = features
  const numbers = [...abha, ...abhaAddresses, ...[...national, ...records].map(({ value }) => value)]
  return [...new Set([...names, ...phones, ...numbers.map((one) => `i ${bareNumber(one)}`)])]
}

/** More words than that are no name, but a sentence. */
const WORDS = 4

function pairs(words: readonly Word[]): string[] {
  const keys = [...new Set(words.map(({ key }) => key))].filter(Boolean).slice(0, WORDS)
  if (keys.length === 1) return [`n ${keys[0]} `]
  return keys.flatMap((one) => keys.flatMap((other) => (one === other ? [] : [`n ${one} ${other}`])))
}

/** What was typed, read: names or a number. */
export type Asked =
  | {
      readonly kind: 'name'
      readonly words: readonly Word[]
      readonly text: string
      readonly starts: readonly string[]
    }
  | { readonly kind: 'number'; readonly starts: readonly string[] }

/** Undefined when nothing is left that could be looked for. */
export function readTyped(typed: string): Asked | undefined {
  const text = latinDigits(typed.normalize('NFC').trim())
  if (/\d|@/.test(text)) return readNumber(text)
  const words = nameWords(text)
    .map(word)
    .filter(({ key }) => key !== '')
  const [first] = words
  const last = words.at(-1)
  if (!first || !last) return undefined
  const starts = words.length === 1 ? [`n ${first.key}`] : [`n ${first.key} ${last.key}`]
  return { kind: 'name', words, text: words.map((one) => one.text).join(' '), starts }
}

/** A number may be a telephone's, with or without +91, or any other. */
function readNumber(text: string): Asked | undefined {
  const bare = bareNumber(text)
  const digits = bare.replace(/\D/g, '')
  if (bare.length < SHORTEST) return undefined
  const dialled = digits.length === bare.length ? (phone(digits) ?? digits).replace(/^0+/, '') : ''
  const starts = [`i ${bare}`, ...(dialled.length >= SHORTEST ? [`p ${dialled}`] : [])]
  return { kind: 'number', starts }
}

/** Fewer digits begin too many numbers. */
export const SHORTEST = 3

function bareNumber(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{M}\p{N}@]/gu, '')
}

/** What a record calls itself, for showing: the first name that says anything. */
export function nameOf({ name }: Patient): string {
  const texts = (name ?? []).map(
    ({ text, given, family }) => text ?? [...(given ?? []), family].filter(Boolean).join(' '),
  )
  return texts.find((text) => text.trim() !== '') ?? ''
}
