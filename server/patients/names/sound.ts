import { soundsOfDevanagari } from './devanagari.ts'
import { soundsOfLatin } from './latin.ts'

/** A word of a name in either script: how it sounds, and the key it is looked up by. */
export interface Word {
  /** As written, lower case. */
  readonly text: string
  readonly sound: string
  readonly key: string
}

const DEVANAGARI = /[\u0900-\u097f]/

export function isDevanagari(text: string): boolean {
  return DEVANAGARI.test(text)
}

const cache = new Map<string, Word>()

export function word(text: string): Word {
  const plain = text.normalize('NFC').toLowerCase()
  let made = cache.get(plain)
  if (!made) {
    const sound = isDevanagari(plain) ? soundsOfDevanagari(plain) : soundsOfLatin(plain)
    made = { text: plain, sound, key: keyOf(sound) }
    if (cache.size > 300_000) cache.clear()
    cache.set(plain, made)
  }
  return made
}

/**
 * The Hindi phonetic key: consonants alone, in the classes clerks mix up (masala-merge, IDinsight): v and b, s and sh, z and
 * j, the nasals, a flapped d and r; breath and vowels dropped, but for a vowel the name begins with.
 */
export function keyOf(sound: string): string {
  const bare = sound
    .replace(/_/g, '')
    .replace(/^h/, 'H')
    .replace(/(?<=[^aeiouAIU])y(?=[aeiouAIU]|$)|(?<=[aeiouAIU])y/g, 'i')
    .replace(/^y/, 'Y')
    .replace(/simh|siNh/g, 'singh')
    .replace(/Dh/g, 'd')
    .replace(/h/g, '')
    .replace(/z/g, 'j')
    .replace(/[bw]/g, 'v')
    .replace(/[Nm](?=[^aeiouAIU])/g, 'n')
    .replace(/D/g, 'r')
    .replace(/S/g, 's')
    .replace(/p/g, 'f')
    .replace(/k[sS]/g, 'x')
    .replace(/N/g, 'n')
    .replace(/C/g, 'c')
    .replace(/([^aeiouAIU])\1+/g, '$1')
  const first = /^[aeiouAIU]/.test(bare) ? 'a' : ''
  return first + bare.replace(/[aeiouAIU]/g, '').replace(/(.)\1+/g, '$1')
}
