import { paramId, token } from '../../fhir/keys.ts'
import { keyOf, type Word } from '../names/sound.ts'
import { joinedFiller } from '../names/vocabulary.ts'
import type { Birth } from './birth.ts'
import type { Features } from './features.ts'

/**
 * Who is compared with whom: two records that share one of these. Each is narrow by itself, so that a look-up among a
 * million reads tens of records, not thousands: a phone goes with an initial or an age (one phone may serve a village), a
 * name with a family name, a place, a relative or a birth. Names stand in a fixed order, so that exchanged ones meet.
 *
 *     i system|value          a number of the person: ABHA, ABHA address, national, record
 *     p phone|initial         p phone|years          s born on|PIN, born on|locality
 *     f name|name|years       b name|born on         l given|PIN|years, given|locality|years
 *     r name|relative|years   k family|relative|sex|years             h house|locality|initial
 *
 * `years` are overlapping spans of five; an estimated birth falls into each span within three years. They are stored as
 * 64-bit keys: the texts must never change their meaning.
 */
export function blocksOf(features: Features): bigint[] {
  return blockTexts(features).map((text) => token(BLOCK, text))
}

const BLOCK = paramId('Patient', 'match-block')

export function blockTexts(features: Features): string[] {
  const { phones, birth, places } = features
  const given = unique(features.names.flatMap(({ given }) => [...given.flatMap(keysOf), ...joinedKey(given)])).slice(
    0,
    5,
  )
  const family = unique(features.names.flatMap((name) => name.family.map(({ key }) => key))).slice(0, 3)
  const words = unique([...given, ...family])
  const years = birth ? spansOf(birth) : []
  const bornOn = birth?.day !== undefined && !birth.estimated ? `${birth.year}-${birth.month}-${birth.day}` : undefined
  const local = unique(
    places.flatMap(({ pin, localities, town }) => [pin ?? '', ...localities.slice(0, 3), town ?? '']),
  ).filter(Boolean)
  const towns = new Set(places.flatMap(({ town, localities }) => (town && localities.length > 0 ? [town] : [])))
  const narrow = local.filter((place) => !towns.has(place))
  const houses = unique(
    places.flatMap(({ house, localities, town }) =>
      house ? [...localities, town].map((place) => `${house}|${place}`) : [],
    ),
  )
  const kin = unique(features.relatives.map(({ name }) => name.key))
  const initials = unique(words.map((name) => name.slice(0, 1)))
  return unique([
    ...numbers(features),
    ...phones.flatMap((phone) =>
      [...(words.length > 0 ? initials : ['']), ...years].map((rest) => `p ${phone}|${rest}`),
    ),
    ...pairs(words).flatMap((both) => years.map((span) => `f ${both}|${span}`)),
    ...(bornOn ? words.map((name) => `b ${name}|${bornOn}`) : []),
    ...(bornOn ? local.map((place) => `s ${place}|${bornOn}`) : []),
    ...given.flatMap((name) => narrow.flatMap((place) => years.map((span) => `l ${name}|${place}|${span}`))),
    ...words.flatMap((name) => kin.flatMap((one) => years.map((span) => `r ${name}|${one}|${span}`))),
    ...family.flatMap((name) =>
      kin.flatMap((one) => years.map((span) => `k ${name}|${one}|${features.gender ?? ''}|${span}`)),
    ),
    ...houses.flatMap((house) => initials.map((letter) => `h ${house}|${letter}`)),
  ])
}

/** The name's own, and its stem's: Satishlal, Satish. */
function keysOf({ key, sound }: Word): string[] {
  const stem = joinedFiller.exec(sound)?.[1]
  return stem === undefined ? [key] : [key, keyOf(stem)]
}

function numbers({ abha, abhaAddresses, national, records }: Features): string[] {
  return [
    ...abha.map((value) => `i abha|${value}`),
    ...abhaAddresses.map((value) => `i abha|${value}`),
    ...[...national, ...records].map(({ system, value }) => `i ${system}|${value}`),
  ]
}

/** Ram Kumar and Ramkumar. */
function joinedKey(words: readonly Word[]): string[] {
  return words.length > 1 ? [keyOf(words.map(({ sound }) => sound).join(''))] : []
}

function pairs(words: readonly string[]): string[] {
  return words.flatMap((one, i) =>
    words.slice(i + 1).map((other) => (one < other ? `${one}|${other}` : `${other}|${one}`)),
  )
}

const SPAN = 5

function spansOf({ year, estimated }: Birth): number[] {
  const reach = estimated ? 3 : 1
  const [first, last] = [Math.floor((year - reach) / SPAN), Math.floor((year + reach) / SPAN)]
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
