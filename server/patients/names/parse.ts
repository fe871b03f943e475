import type { HumanName } from '@medplum/fhirtypes'
import { distance } from './distance.ts'
import { word, type Word } from './sound.ts'
import {
  companions,
  endings,
  fillers,
  honorifics,
  mohammad,
  muslimFamilies,
  placeholders,
  relations,
  suffixes,
  type Kin,
} from './vocabulary.ts'

/** A HumanName as it is compared. The resource keeps it verbatim; this is derived. */
export interface ParsedName {
  /** The person's own: at least one, unless the name is a placeholder. */
  readonly given: readonly Word[]
  /** Bai, Kumar, Mohammad before another name: may be missing elsewhere. */
  readonly fillers: readonly Word[]
  readonly family: readonly Word[]
  readonly suffix?: string
  readonly placeholder: boolean
  readonly relative?: Relative
}

export interface Relative {
  readonly kin: Kin
  readonly name: Word
  readonly family?: Word
}

/** `given` and `family` where the sender took the name apart, else `text`: the last word of several is the family's. */
export function parseName(name: HumanName): ParsedName {
  const text = name.text?.normalize('NFC') ?? ''
  const [own, relative] = splitRelation(text)
  const structured = (name.given ?? []).some((part) => /\p{L}/u.test(part)) || /\p{L}/u.test(name.family ?? '')
  const suffix = [...(name.suffix ?? []), ...wordsOf(own)].map((part) => suffixes.get(bare(part))).find(Boolean)
  const placeholder = isPlaceholder(own) || isPlaceholder([...(name.given ?? []), name.family ?? ''].join(' '))
  const parts = placeholder
    ? { given: [], family: [], fillers: [] }
    : structured
      ? fromParts(name.given ?? [], name.family)
      : fromText(own)
  return { ...parts, placeholder, ...(suffix && { suffix }), ...(relative && { relative }) }
}

export function isPlaceholder(text: string): boolean {
  return placeholders.some((pattern) => pattern.test(text.trim()))
}

/** `Sunita Sahu W/o Mohan Sahu` → the name, and the relative. */
export function splitRelation(text: string): [string, Relative | undefined] {
  for (const [pattern, kin] of relations) {
    const found = pattern.exec(text)
    if (!found || found.index === 0) continue
    return [text.slice(0, found.index), relativeOf(kin, text.slice(found.index + found[0].length))]
  }
  return [text, undefined]
}

export function relativeOf(kin: Kin, text: string): Relative | undefined {
  if (isPlaceholder(text)) return undefined
  const { given, family } = fromText(text)
  return given[0] && { kin, name: given[0], ...(family[0] && { family: family[0] }) }
}

function fromText(text: string): Pick<ParsedName, 'given' | 'family' | 'fillers'> {
  const words = nameWords(text)
  if (words.length < 2) return fromParts(words, undefined)
  return fromParts(words.slice(0, -1), words.at(-1))
}

/** Each is held against each of another name: more are no name, but a sentence. */
const WORDS = 12

/** Words that say nothing about who it is become fillers, as long as something else is left. */
function fromParts(givenParts: readonly string[], familyPart: string | undefined) {
  const all = [nameWords(givenParts.join(' ')), nameWords(familyPart ?? '')].map((words) => words.slice(0, WORDS).map(word)) // prettier-ignore
  let [given = [], family = []]: (readonly Word[])[] = all.map((words) => words.filter((one) => !isCompanion(one)))
  if (given.length === 0) [given, family] = [family, []]
  if (given.length === 0) given = all.flat().slice(0, 1)
  if (given.every(isMohammad) && family.some((one) => !isMuslimFamily(one)))
    [given, family] = [[...given, ...family], []]
  given = keepSome(given, (one) => !isFiller(one) && !isMohammad(one))
  family = family.filter((one) => !isFiller(one))
  const used = new Set<Word>([...given, ...family])
  return { given, family, fillers: all.flat().filter((one) => !used.has(one)) }
}

function isMohammad({ sound }: Word): boolean {
  return sound === mohammad || distance(sound, mohammad) < 0.12
}

const companionSounds = [...companions].map((text) => word(text).sound)
const fillerSounds = [...fillers].map((text) => word(text).sound)
const isCompanion = soundsLikeOne(companionSounds)
const isFiller = soundsLikeOne(fillerSounds)
const isMuslimFamily = soundsLikeOne([...muslimFamilies].map((text) => word(text).sound))

/** In whatever spelling: Baee, Kumaar, देबी. */
function soundsLikeOne(sounds: readonly string[]): (word: Word) => boolean {
  const known = new Map<string, boolean>()
  return ({ sound }) => {
    let found = known.get(sound)
    if (found === undefined) {
      found = sounds.some((one) => Math.abs(one.length - sound.length) < 3 && distance(one, sound) < 0.05)
      if (known.size > 100_000) known.clear()
      known.set(sound, found)
    }
    return found
  }
}

function keepSome(words: readonly Word[], keep: (word: Word) => boolean): readonly Word[] {
  const kept = words.filter(keep)
  return kept.length > 0 ? kept : words.slice(0, 1)
}

/** Without honorifics before, courtesies behind, suffixes, numbers and signs. */
export function nameWords(text: string): string[] {
  const words = wordsOf(text).filter((part) => !suffixes.has(bare(part)))
  while (words.length > 1 && honorifics.has(bare(words[0]!))) words.shift()
  while (words.length > 1 && endings.has(bare(words.at(-1)!))) words.pop()
  return words.map(bare).filter((part) => /\p{L}/u.test(part))
}

function wordsOf(text: string): string[] {
  const spaced = text.normalize('NFC').replace(/\b([A-Za-z]{1,5}|[\u0900-\u097f]{1,6})\.(?=\S)/gu, '$1. ')
  return spaced.split(/[\s,;()[\]\u200b]+/u).filter((part) => /[\p{L}\p{N}]/u.test(part))
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[\u200c\u200d]/g, '')
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
}
