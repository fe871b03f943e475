import type { Address } from '@medplum/fhirtypes'
import { word } from '../names/sound.ts'
import { latinDigits } from './phone.ts'

/** Where somebody lives, as far as it can be compared: keys of words and numbers, in the order of their text. */
export interface Place {
  readonly pin?: string
  /** Keys of villages, wards and suburbs in the lines, each name one key. */
  readonly localities: readonly string[]
  /** The town, or where there is none the village. */
  readonly town?: string
  /** Numbers and words of the lines: no house is told by its words alone. */
  readonly house?: string
  readonly ward?: string
  readonly words: readonly string[]
  readonly state?: string
}

const empty = new Set(
  `h no hno house houseno number near ward wardno po ps post thana at village vill gram tehsil teh dist district block street
   st road rd nagar para colony c o behind opp the of and apt suite apartment unit box general delivery
   मकान नं न नंबर वार्ड ग्राम पोस्ट थाना जिला तहसील क्र क्रमांक पास के रोड गली`.split(/\s+/),
)

export function placesOf(addresses: readonly Address[] | undefined): Place[] {
  return (addresses ?? []).filter(({ use }) => use !== 'old').map(placeOf)
}

function placeOf(address: Address): Place {
  const lines = address.line?.length ? address.line.join(', ') : (address.text ?? '')
  const text = latinDigits(lines)
  const inText = /\b[1-9]\d{5}\b/.exec(text)?.[0]
  const pin =
    latinDigits(address.postalCode ?? '')
      .replace(/[^\dA-Za-z]/g, '')
      .toLowerCase() || inText
  const town = keyOfPlace(address.city ?? '')
  const parts = text
    .split(',')
    .map(keyOfPlace)
    .filter((key) => key.length > 1)
  return {
    ...(pin && { pin }),
    localities: [...new Set(parts)].filter((key) => key !== town),
    ...(town.length > 1 && { town }),
    ...numbersOf(text.replace(/\b[1-9]\d{5}\b/g, ' ')),
    words: [...new Set(wordsOf(text))].filter((part) => !/\d/.test(part)),
    ...(address.state && { state: address.state.toLowerCase().trim() }),
  }
}

const WARD = /(?:ward|wd|वार्ड)\W*(?:no|number|n|नं|नंबर|क्र|क्रमांक)?\W*(\d+[a-z]?)/iu

/** The ward's number, and the first other one, which is the house's. */
function numbersOf(text: string): Pick<Place, 'house' | 'ward'> {
  const ward = WARD.exec(text)?.[1]
  const house = /\d+(?:[/-]\d+)?[a-z]?\b/i
    .exec(text.replace(WARD, ' '))?.[0]
    .toLowerCase()
    .replace(/^0+(?=\d)/, '')
  return { ...(house && { house }), ...(ward && { ward: ward.replace(/^0+(?=\d)/, '') }) }
}

/** A name of several words is one key: Ram Nagar, Ramnagar. House numbers and the like are left out. */
function keyOfPlace(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((part) => part !== '' && !empty.has(part) && !/\d/.test(part))
    .map((part) => word(part).key)
    .join('')
}

/** Keys of words; numbers as they are. */
function wordsOf(text: string): string[] {
  const parts = text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
  return parts
    .filter((part) => part !== '' && !empty.has(part))
    .map((part) => (/\d/.test(part) ? part : word(part).key))
    .filter((part) => part !== '')
}

export type PlaceLevel = 'pin and locality' | 'locality' | 'pin' | 'town' | 'other'
export type LineLevel = 'house' | 'ward' | 'street' | 'other'

/**
 * A town's name says little where most live in one town; that of a village or ward says more. Two wards of one PIN or town
 * are no evidence of one place.
 */
export function comparePlaces(a: Place, b: Place): PlaceLevel | undefined {
  const [names, others] = [namesOf(a), namesOf(b)]
  const pins = a.pin !== undefined && b.pin !== undefined
  if (!pins && (names.length === 0 || others.length === 0)) return undefined
  const samePin = pins && a.pin === b.pin
  const shared = names.filter((one) => others.some((other) => isAlike(one, other)))
  if (shared.some((name) => a.localities.includes(name) || (name === a.town && b.town !== name)))
    return samePin ? 'pin and locality' : 'locality'
  const apart = a.localities.length > 0 && b.localities.length > 0
  if (samePin) return apart ? 'town' : 'pin'
  return shared.length > 0 && !pins && !apart ? 'town' : 'other'
}

function namesOf({ localities, town }: Place): readonly string[] {
  return town === undefined ? localities : [...localities, town]
}

/**
 * The same house (in a street or ward that is not another one); else the same ward; else the same street, where the house
 * differs or is unknown on one side; undefined where neither says a number and words are no street's.
 */
export function compareLines(a: Place, b: Place): LineLevel | undefined {
  const words = a.words.length > 0 && b.words.length > 0 ? shareOf(a.words, b.words) : undefined
  const wards = a.ward !== undefined && b.ward !== undefined ? a.ward === b.ward : undefined
  if (a.house !== undefined && b.house !== undefined) {
    if (a.house === b.house && wards !== false && (words ?? 1) >= 0.4) return 'house'
    return words !== undefined && words >= 0.6 && wards !== false ? 'street' : 'other'
  }
  return wards === undefined ? undefined : wards ? 'ward' : 'other'
}

/** Of the words of both, how many are in both. */
function shareOf(a: readonly string[], b: readonly string[]): number {
  const [few, many] = a.length <= b.length ? [a, b] : [b, a]
  const shared = few.filter((one) => many.some((other) => isAlike(one, other))).length
  return (2 * shared) / (few.length + many.length)
}

/** Equal; or keys of some length that differ by one consonant. */
function isAlike(a: string, b: string): boolean {
  if (a === b) return true
  if (/\d/.test(a + b) || Math.min(a.length, b.length) < 4) return false
  if (a.length === b.length) {
    let wrong = 0
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) wrong++
    return wrong <= 1 || (wrong === 2 && lettersOf(a) === lettersOf(b))
  }
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (long.length - short.length > 1) return false
  for (let i = 0; i < long.length; i++) if (long.slice(0, i) + long.slice(i + 1) === short) return true
  return false
}

function lettersOf(text: string): string {
  return Array.from(text)
    .sort((x, y) => (x < y ? -1 : 1))
    .join('')
}
