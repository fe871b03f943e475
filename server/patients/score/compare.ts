import { compareLines, comparePlaces, type LineLevel, type Place, type PlaceLevel } from '../keys/address.ts'
import { compareBirths, isOneSlip, type BirthLevel } from '../keys/birth.ts'
import type { Features, Numbered } from '../keys/features.ts'
import { compareNames, compareRelatives, type NameLevel, type RelativeLevel } from '../names/compare.ts'

/** The fields of two people, and how well each agrees. Absent: one side says nothing, which is no evidence. */
export interface Levels {
  given?: NameLevel
  family?: NameLevel
  gender?: 'same' | 'other'
  birth?: BirthLevel
  relative?: RelativeLevel
  phone?: 'same' | 'slip' | 'other'
  place?: PlaceLevel
  line?: LineLevel
  abha?: 'same' | 'other'
  national?: 'same' | 'slip' | 'other'
  record?: 'same'
  suffix?: 'same' | 'other'
}
export type Field = keyof Levels

/** In the order evidence is shown. */
export const fields: readonly Field[] = [
  'given', 'family', 'suffix', 'gender', 'birth', 'relative', 'phone', 'place', 'line', 'abha', 'national', 'record',
] // prettier-ignore

export interface Comparison {
  readonly levels: Levels
  /** Keys of the names that agreed: how common they are is part of the weight. */
  readonly givenKey?: string
  readonly familyKey?: string
  readonly relativeKey?: string
  readonly crossed: boolean
  /** Two records of one facility under different numbers. */
  readonly twoRecords: boolean
}

/** Symmetric but for the keys of names that differ in spelling. `asOf`: the year ages are reckoned in. */
export function compare(a: Features, b: Features, asOf: number): Comparison {
  const names = compareNames(a.names, b.names)
  const record = compareRecords(a.records, b.records)
  const levels: Levels = {}
  if (names) levels.given = names.given
  if (names?.family) levels.family = names.family
  if (a.gender && b.gender) levels.gender = a.gender === b.gender ? 'same' : 'other'
  if (a.birth && b.birth) levels.birth = compareBirths(a.birth, b.birth, asOf)
  const relative = compareRelatives(a.relatives, b.relatives)
  if (relative) levels.relative = relative[0]
  setIf(levels, 'phone', compareNumbers(a.phones, b.phones))
  setIf(levels, 'place', bestPlace(a.places, b.places))
  setIf(levels, 'line', bestLine(a.places, b.places))
  setIf(levels, 'abha', compareAbha(a, b))
  setIf(levels, 'national', compareNational(a.national, b.national))
  setIf(levels, 'suffix', compareSuffixes(a, b))
  if (record === 'same') levels.record = 'same'
  return {
    levels,
    ...(names && { givenKey: names.givenKey, ...(names.familyKey !== undefined && { familyKey: names.familyKey }) }),
    ...(relative && { relativeKey: relative[1] }),
    crossed: names?.crossed ?? false,
    twoRecords: record === 'two',
  }
}

function setIf<F extends Field>(levels: Levels, field: F, level: Levels[F]): void {
  if (level !== undefined) levels[field] = level
}

function compareNumbers(a: readonly string[], b: readonly string[]): 'same' | 'slip' | 'other' | undefined {
  if (a.length === 0 || b.length === 0) return undefined
  if (a.some((one) => b.includes(one))) return 'same'
  return a.some((one) => b.some((other) => isOneSlip(one, other))) ? 'slip' : 'other'
}

function compareAbha(a: Features, b: Features): 'same' | 'other' | undefined {
  const addresses = a.abhaAddresses.some((one) => b.abhaAddresses.includes(one))
  if (addresses || a.abha.some((one) => b.abha.includes(one))) return 'same'
  return a.abha.length > 0 && b.abha.length > 0 ? 'other' : undefined
}

function compareNational(a: readonly Numbered[], b: readonly Numbered[]): 'same' | 'slip' | 'other' | undefined {
  let best: 'slip' | 'other' | undefined
  for (const one of a)
    for (const other of b) {
      if (one.system !== other.system) continue
      if (one.value === other.value) return 'same'
      if (isOneSlip(one.value, other.value)) best = 'slip'
      else best ??= 'other'
    }
  return best
}

/** A system that gave both a number gave them the same one, or two. */
function compareRecords(a: readonly Numbered[], b: readonly Numbered[]): 'same' | 'two' | undefined {
  let two = false
  for (const one of a)
    for (const other of b) {
      if (one.system !== other.system) continue
      if (one.value === other.value) return 'same'
      two = true
    }
  return two ? 'two' : undefined
}

function compareSuffixes(a: Features, b: Features): 'same' | 'other' | undefined {
  const [one, other] = [a, b].map(({ names }) => names.find(({ suffix }) => suffix)?.suffix)
  return one && other ? (one === other ? 'same' : 'other') : undefined
}

const placeOrder: readonly PlaceLevel[] = ['pin and locality', 'locality', 'pin', 'town', 'other']
const lineOrder: readonly LineLevel[] = ['house', 'ward', 'street', 'other']

function bestPlace(a: readonly Place[], b: readonly Place[]): PlaceLevel | undefined {
  return bestOf(a, b, placeOrder, comparePlaces)
}

function bestLine(a: readonly Place[], b: readonly Place[]): LineLevel | undefined {
  return bestOf(a, b, lineOrder, compareLines)
}

function bestOf<T>(
  a: readonly Place[],
  b: readonly Place[],
  ranks: readonly T[],
  level: (x: Place, y: Place) => T | undefined,
): T | undefined {
  let best: T | undefined
  for (const one of a)
    for (const other of b) {
      const found = level(one, other)
      if (found !== undefined && (best === undefined || ranks.indexOf(found) < ranks.indexOf(best))) best = found
    }
  return best
}
