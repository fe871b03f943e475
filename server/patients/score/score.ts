import type { Features } from '../keys/features.ts'
import { compare, fields, type Comparison, type Field } from './compare.ts'
import { guardsOf, type Guard } from './guards.ts'
import { sentence } from './sentences.ts'
import type { Likelihoods, Weights } from './weights.ts'

export type Band = 'auto' | 'review' | 'separate'

export interface Reason {
  readonly field: Field
  readonly level: string
  /** Bits for (above 0) or against, beside the likelier of the two rivals. */
  readonly weight: number
  readonly text: string
}

export interface Score {
  /** log2 of the odds that both are one person. */
  readonly weight: number
  readonly probability: number
  readonly band: Band
  /** The likelier explanation if they are not one person. */
  readonly rival: 'stranger' | 'kin'
  /** Their weights and `prior` add up to the weight against that rival. */
  readonly reasons: readonly Reason[]
  readonly prior: number
  readonly guards: readonly Guard[]
}

export function score(a: Features, b: Features, weights: Weights): Score {
  const compared = compare(a, b, weights.asOf)
  return judge(compared, guardsOf(a, b, compared), weights)
}

/** The weight alone: what candidates are first sorted by. */
export function weigh(a: Features, b: Features, weights: Weights): number {
  return total(likelihoods(compare(a, b, weights.asOf), weights), priors(weights)).weight
}

export function judge(compared: Comparison, guards: readonly Guard[], weights: Weights): Score {
  const evidence = likelihoods(compared, weights)
  const prior = priors(weights)
  const { weight, rival } = total(evidence, prior)
  return {
    weight,
    probability: 1 / (1 + 2 ** -weight),
    band: bandOf(weight, guards, weights),
    rival,
    reasons: evidence.map(({ field, level, self, ...others }) => {
      const bits = Math.log2(self / others[rival])
      return { field, level, weight: bits, text: sentence(field, level) }
    }),
    prior: Math.log2(prior.self / prior[rival]),
    guards,
  }
}

export function bandOf(weight: number, guards: readonly Guard[], { thresholds }: Weights): Band {
  if (weight < thresholds.review) return 'separate'
  return weight >= thresholds.auto && guards.length === 0 ? 'auto' : 'review'
}

interface Evidence extends Likelihoods {
  readonly field: Field
  readonly level: string
}

/** Of each field that both sides have; a level the weights do not know says nothing. */
export function likelihoods(compared: Comparison, weights: Weights): Evidence[] {
  const evidence: Evidence[] = []
  for (const field of fields) {
    const level = compared.levels[field]
    const found = level === undefined ? undefined : weights.fields[field]?.levels[level]
    if (level === undefined || !found) continue
    const rarity = field === 'given' || field === 'family' ? rarityOf(field, level, compared, weights) : 1
    evidence.push({ field, level, self: found.self, kin: found.kin, stranger: Math.min(1, found.stranger * rarity) })
  }
  return evidence
}

/**
 * A stranger is called Devi sooner than Kujur: the chance of agreement is the name's share of all people, not the average
 * over all names. Applied to names that agree; a relative has the family's name anyway.
 */
function rarityOf(field: 'given' | 'family', level: string, compared: Comparison, weights: Weights): number {
  const average = weights.fields[field]?.levels['same']?.stranger ?? 1
  const key = field === 'given' ? compared.givenKey : compared.familyKey
  if (level === 'other' || level === 'initial' || key === undefined) return 1
  const table = compared.crossed
    ? weights.frequencies[field === 'given' ? 'family' : 'given']
    : weights.frequencies[field]
  const share = Object.hasOwn(table, key) ? table[key]! : weights.frequencies.rare
  return Math.min(MOST, Math.max(1 / MOST, share / average))
}

/** No name is trusted more than this many times the average: rare spellings are often slips. */
const MOST = 24

/** Of a pair at random, before anything is compared. */
export function priors({ records, perRecord }: Weights): Likelihoods {
  const [self, kin] = [perRecord.self / records, perRecord.kin / records]
  return { self, kin, stranger: Math.max(1 - self - kin, 1e-9) }
}

function total(evidence: readonly Likelihoods[], prior: Likelihoods): { weight: number; rival: 'stranger' | 'kin' } {
  let [self, kin, stranger] = [Math.log2(prior.self), Math.log2(prior.kin), Math.log2(prior.stranger)]
  for (const one of evidence) {
    self += Math.log2(one.self)
    kin += Math.log2(one.kin)
    stranger += Math.log2(one.stranger)
  }
  const [more, less] = [Math.max(kin, stranger), Math.min(kin, stranger)]
  return { weight: self - more - Math.log2(1 + 2 ** (less - more)), rival: kin > stranger ? 'kin' : 'stranger' }
}
