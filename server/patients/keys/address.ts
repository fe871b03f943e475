import type { Address } from '@medplum/fhirtypes'
import { word } from '../names/sound.ts'
import { latinDigits } from './phone.ts'

/** Where somebody lives, as far as it can be compared: keys of words and numbers, in the order of their text. */
export interface Place {
  readonly pin?: string
  /** Keys of the village, suburb or town, each name one key. */
  readonly localities: readonly string[]
  /** House numbers and the other words of the lines. */
  readonly line: readonly string[]
  readonly state?: string
}

const empty = new Set(
  `h no hno house houseno number near ward wardno po ps post thana at village vill gram tehsil teh dist district block street
   st road rd nagar para colony c o behind opp the of and apt suite apartment unit box general delivery
   मकान नं न नंबर वार्ड ग्राम पोस्ट थाना जिला तहसील पास के रोड नगर पारा कॉलोनी गली`.split(/\s+/),
)

export function placesOf(addresses: readonly Address[] | undefined): Place[] {
  return (addresses ?? []).filter(({ use }) => use !== 'old').map(placeOf)
}

function placeOf(address: Address): Place {
  const lines = address.line?.length ? address.line.join(', ') : (address.text ?? '')
  const text = latinDigits(lines)
  const pin =
    latinDigits(address.postalCode ?? '')
      .replace(/[^\dA-Za-z]/g, '')
      .toLowerCase() || /\b[1-9]\d{5}\b/.exec(text)?.[0]
  const localities = [address.city, text.split(',').length > 1 ? text.split(',').at(-1) : undefined]
    .map((name) => keyOfPlace(name ?? ''))
    .filter((key) => key.length > 1)
  return {
    ...(pin && { pin }),
    localities: [...new Set(localities)],
    line: [...new Set(wordsOf(text.replace(/\b[1-9]\d{5}\b/g, ' ')))],
    ...(address.state && { state: address.state.toLowerCase().trim() }),
  }
}

function keyOfPlace(name: string): string {
  return wordsOf(name)
    .filter((part) => !/\d/.test(part))
    .join('')
}

/** Keys of words, and numbers without leading zeros. */
function wordsOf(text: string): string[] {
  const parts = text
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
  return parts
    .filter((part) => part !== '' && !empty.has(part))
    .map((part) => (/\d/.test(part) ? part.replace(/^0+(?=\d)/, '') : word(part).key))
    .filter((part) => part !== '')
}

export type PlaceLevel = 'pin and locality' | 'locality' | 'pin' | 'other'
export type LineLevel = 'same' | 'close' | 'other'

export function comparePlaces(a: Place, b: Place): PlaceLevel | undefined {
  const pins = a.pin !== undefined && b.pin !== undefined
  const names = a.localities.length > 0 && b.localities.length > 0
  if (!pins && !names) return undefined
  const samePin = pins && a.pin === b.pin
  const sameName = names && a.localities.some((one) => b.localities.some((other) => isAlike(one, other)))
  return samePin && sameName ? 'pin and locality' : sameName ? 'locality' : samePin ? 'pin' : 'other'
}

/** Of the words and numbers of two lines, how many are in both. */
export function compareLines(a: Place, b: Place): LineLevel | undefined {
  if (a.line.length === 0 || b.line.length === 0) return undefined
  const [few, many] = a.line.length <= b.line.length ? [a.line, b.line] : [b.line, a.line]
  const shared = few.filter((one) => many.some((other) => isAlike(one, other))).length
  const share = (2 * shared) / (few.length + many.length)
  return share > 0.85 ? 'same' : share >= 0.5 ? 'close' : 'other'
}

/** Equal; or keys of some length that differ by one consonant. */
function isAlike(a: string, b: string): boolean {
  if (a === b) return true
  if (/\d/.test(a + b) || Math.min(a.length, b.length) < 3) return false
  if (a.length === b.length) {
    let wrong = 0
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) wrong++
    return wrong <= 1 || (wrong === 2 && [...a].sort().join('') === [...b].sort().join(''))
  }
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  if (long.length - short.length > 1) return false
  for (let i = 0; i < long.length; i++) if (long.slice(0, i) + long.slice(i + 1) === short) return true
  return false
}
