import { distance } from './distance.ts'
import type { ParsedName, Relative } from './parse.ts'
import { isDevanagari, type Word } from './sound.ts'
import { joinedFiller } from './vocabulary.ts'

/**
 * same: sounds the same · close: another spelling of it, likely · slip: one slip of the pen or key, or a name that sounds
 * much like it · initial: only a first letter on one side, and it fits · other
 */
export type NameLevel = 'same' | 'close' | 'slip' | 'initial' | 'other'

export interface NamesCompared {
  readonly given: NameLevel
  /** What was equal: its key has a frequency. */
  readonly givenKey: string
  readonly family?: NameLevel
  readonly familyKey?: string
  /** Given and family name stand in each other's place. */
  readonly crossed: boolean
}

const SAME = 0.065
const CLOSE = 0.16
const SLIP = 0.3
const order: Readonly<Record<NameLevel, number>> = { same: 0, close: 1, slip: 2, initial: 3, other: 4 }

/** The two names of two people that agree best: each may have several, in two scripts, or before and after marriage. */
export function compareNames(a: readonly ParsedName[], b: readonly ParsedName[]): NamesCompared | undefined {
  let best: NamesCompared | undefined
  for (const one of a) for (const other of b) best = better(best, comparePair(one, other))
  return best
}

function better(a: NamesCompared | undefined, b: NamesCompared): NamesCompared {
  if (!a) return b
  const gap = order[a.given] - order[b.given] || rankOf(a.family) - rankOf(b.family)
  return gap > 0 || (gap === 0 && a.crossed && !b.crossed) ? b : a
}

/** Better a family name that agrees than none. */
function rankOf(level: NameLevel | undefined): number {
  return level === undefined ? 2.5 : order[level]
}

function comparePair(a: ParsedName, b: ParsedName): NamesCompared {
  const given = compareGiven(a, b)
  const straight: NamesCompared = {
    given,
    givenKey: a.given[0]!.key,
    ...(a.family.length > 0 &&
      b.family.length > 0 && { family: closest(a.family, b.family), familyKey: a.family[0]!.key }),
    crossed: false,
  }
  if (order[given] < 3) return straight
  if (straight.family === undefined)
    return exchangedWithNone(a, b) ? { ...straight, given: 'slip', crossed: true } : straight
  if (order[straight.family] < 3) return straight
  const [first, last] = [closest(a.given, b.family), closest(a.family, b.given)]
  if (order[first] > 2 || order[last] > 2) return straight
  return { given: first, givenKey: a.given[0]!.key, family: last, familyKey: a.family[0]!.key, crossed: true }
}

/** Bandhe Dinesh and Dinesh: the one name of one side stands where the other has the family's. */
function exchangedWithNone(a: ParsedName, b: ParsedName): boolean {
  if (a.family.length > 0) return closest(b.given, a.family) === 'same'
  return b.family.length > 0 && closest(a.given, b.family) === 'same'
}

/**
 * First name with first name; else the words written as one (Ram Kumar, Ramkumar); else any with any (Mohan Das Sahu, Das
 * Mohan), which is no more than close.
 */
function compareGiven(a: ParsedName, b: ParsedName): NameLevel {
  const first = levelOf(a.given[0]!, b.given[0]!)
  const [many, more] = [a.given.length + a.fillers.length > 1, b.given.length + b.fillers.length > 1]
  if (first === 'same') return first
  if (!many && !more) return first
  let best: NameLevel = first
  for (const x of joined(a)) for (const y of joined(b)) if (distance(x, y) <= SAME) return 'same'
  if (a.given.length > 1 || b.given.length > 1) {
    const any = closest(a.given, b.given)
    const level = any === 'same' ? 'close' : any
    if (order[level] < order[best]) best = level
  }
  return best
}

/** Satish and Satishlal. */
function isStem(short: Word, long: Word): boolean {
  if (long.sound.length - short.sound.length < 2) return false
  const stem = joinedFiller.exec(long.sound)?.[1]
  return stem !== undefined && distance(stem, short.sound) <= SAME
}

function joined({ given, fillers }: ParsedName): string[] {
  const all = given.map(({ sound }) => sound).join('')
  return fillers.length > 0 ? [all, all + fillers[0]!.sound] : [all]
}

function closest(a: readonly Word[], b: readonly Word[]): NameLevel {
  let best: NameLevel = 'other'
  for (const x of a)
    for (const y of b) {
      const level = levelOf(x, y)
      if (order[level] < order[best]) best = level
    }
  return best
}

/** Two words of names: by sound, and where both are of one script also by one slip in writing. */
export function levelOf(a: Word, b: Word): NameLevel {
  if (a.sound === b.sound) return 'same'
  if (a.text.length === 1 || b.text.length === 1) return a.sound[0] === b.sound[0] ? 'initial' : 'other'
  const apart = distance(a.sound, b.sound)
  if (apart <= SAME) return 'same'
  if (apart <= CLOSE) return 'close'
  if (isStem(a, b) || isStem(b, a)) return 'close'
  return apart <= SLIP || isOneEdit(a.text, b.text) ? 'slip' : 'other'
}

/** One letter wrong, missing, too many, or two exchanged; in words of five letters and more of one script. */
function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short.length < 5 || long.length - short.length > 1 || isDevanagari(a) !== isDevanagari(b)) return false
  let i = 0
  while (i < short.length && short[i] === long[i]) i++
  if (short.length < long.length) return short.slice(i) === long.slice(i + 1)
  if (short.slice(i + 1) === long.slice(i + 1)) return true
  return short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2)
}

export type RelativeLevel = 'same' | 'close' | 'other'

/** Father with father, husband with husband: the best of several; undefined when no two are of one kind. */
export function compareRelatives(
  a: readonly Relative[],
  b: readonly Relative[],
): [RelativeLevel, key: string] | undefined {
  let best: [RelativeLevel, string] | undefined
  for (const one of a)
    for (const other of b) {
      if (one.kin !== other.kin) continue
      const level = levelOf(one.name, other.name)
      if (level === 'same') return ['same', one.name.key]
      if (level === 'close' || level === 'slip') best = ['close', one.name.key]
      else best ??= ['other', one.name.key]
    }
  return best
}
