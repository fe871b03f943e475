import { distance } from '../names/distance.ts'
import type { ParsedName } from '../names/parse.ts'
import type { Word } from '../names/sound.ts'

/**
 * How far a record's name is from what was typed, 0 for every word as written: each typed word takes the name's word it
 * is nearest to, and the last one, which may be unfinished, only has to be a word's beginning.
 */
export function farness(words: readonly Word[], names: readonly ParsedName[]): number {
  return Math.min(...names.map(({ given, family, fillers }) => ofName(words, [...given, ...family, ...fillers])), 9)
}

function ofName(words: readonly Word[], own: readonly Word[]): number {
  const apart = words.map((word, i) => Math.min(...own.map((other) => between(word, other, i === words.length - 1)), 1))
  const order = own[0] && words[0] && between(words[0], own[0], words.length === 1) > 0.1 ? 0.05 : 0
  return apart.reduce((sum, one) => sum + one, 0) + order
}

function between(typed: Word, other: Word, unfinished: boolean): number {
  if (typed.text === other.text) return 0
  if (unfinished && other.text.startsWith(typed.text)) return 0.01
  const whole = distance(typed.sound, other.sound)
  const start = unfinished ? 0.02 + distance(typed.sound, other.sound.slice(0, typed.sound.length)) : 1
  return 0.02 + Math.min(whole, start)
}
