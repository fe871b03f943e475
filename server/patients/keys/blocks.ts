import { paramId, token } from '../../fhir/keys.ts'
import { keyOf } from '../names/sound.ts'
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
 *     r given|relative|years  k family|relative|sex|years
 *
 * `years` are overlapping spans of five; an estimated birth falls into each span within three years. They are stored as
 * 64-bit keys: the texts must never change their meaning.
 */
export function blocksOf(features: Features): bigint[] {
  return blockTexts(features).map((text) => token(BLOCK, text))
}

const BLOCK = paramId('Patient', 'match-block')

export function blockTexts(features: Features): string[] {
  const { phones, birth } = features
  const given = unique(features.names.flatMap((name) => [name.given[0]!.key, ...joinedKey(name.given)])).slice(0, 3)
  const family = unique(features.names.flatMap((name) => name.family.map(({ key }) => key))).slice(0, 3)
  const years = birth ? spansOf(birth) : []
  const bornOn = birth?.day !== undefined && !birth.estimated ? `${birth.year}-${birth.month}-${birth.day}` : undefined
  const places = unique(features.places.flatMap(({ pin, localities }) => [pin ?? '', ...localities])).filter(Boolean)
  const kin = unique(features.relatives.map(({ name }) => name.key))
  return unique([
    ...numbers(features),
    ...phones.flatMap((phone) => [
      ...(given.length > 0 ? given.map((name) => `p ${phone}|${name.slice(0, 1)}`) : [`p ${phone}|`]),
      ...years.map((span) => `p ${phone}|${span}`),
    ]),
    ...pairs(given, family).flatMap((both) => years.map((span) => `f ${both}|${span}`)),
    ...(bornOn ? [...given, ...family].map((name) => `b ${name}|${bornOn}`) : []),
    ...(bornOn ? places.map((place) => `s ${place}|${bornOn}`) : []),
    ...given.flatMap((name) => places.flatMap((place) => years.map((span) => `l ${name}|${place}|${span}`))),
    ...given.flatMap((name) => kin.flatMap((one) => years.map((span) => `r ${name}|${one}|${span}`))),
    ...family.flatMap((name) =>
      kin.flatMap((one) => years.map((span) => `k ${name}|${one}|${features.gender ?? ''}|${span}`)),
    ),
  ])
}

function numbers({ abha, abhaAddresses, national, records }: Features): string[] {
  return [
    ...abha.map((value) => `i abha|${value}`),
    ...abhaAddresses.map((value) => `i abha|${value}`),
    ...[...national, ...records].map(({ system, value }) => `i ${system}|${value}`),
  ]
}

/** Ram Kumar and Ramkumar. */
function joinedKey(words: readonly { sound: string }[]): string[] {
  return words.length > 1 ? [keyOf(words.map(({ sound }) => sound).join(''))] : []
}

function pairs(given: readonly string[], family: readonly string[]): string[] {
  return given.flatMap((one) => family.map((other) => (one < other ? `${one}|${other}` : `${other}|${one}`)))
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
