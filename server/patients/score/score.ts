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

/** What linking goes by. */
export type Rate = Pick<Score, 'weight' | 'band'>

/** The same whichever is named first. */
export function score(a: Features, b: Features, weights: Weights): Score {
  const [first, second] = inOrder(a, b)
  const compared = compare(first, second, weights.asOf)
  return judge(compared, guardsOf(first, second, compared), weights)
}

/** The weight and band of `score` without its reasons: most pairs are looked at only to be told apart. */
export function rate(a: Features, b: Features, weights: Weights): Rate {
  const [first, second] = inOrder(a, b)
  const compared = compare(first, second, weights.asOf)
  const { weight } = total(likelihoods(compared, weights), priors(weights))
  const guards = weight < weights.thresholds.review ? [] : guardsOf(first, second, compared)
  return { weight, band: bandOf(weight, guards, weights) }
}

/**
 * Whether both may stand in one cluster, linked or not: no guard speaks against it, and the evidence does not either
 * (`thresholds.veto`).
 */
export function compatible({ weight, guards }: Pick<Score, 'weight' | 'guards'>, weights: Weights): boolean {
  return weight >= weights.thresholds.veto && !guards.some(({ conflict }) => conflict)
}

function inOrder(a: Features, b: Features): [Features, Features] {
  return a.id <= b.id ? [a, b] : [b, a]
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
    evidence.push({ field, level, ...weighed(field, level, found, compared, weights) })
  }
  return evidence
}

/**
 * A stranger is called Devi sooner than Kujur: the chance of agreement is the name's share of all people, not the average
 * over all names. Which of two names is the family's is often unsure, so the larger share counts; a family's name in the
 * given name's place agrees among relatives as families' names do (Netam Santosh, Netam Nandkumar). And once one name
 * agrees, others of its community agree sooner (`lift`).
 */
function weighed(field: Field, level: string, found: Likelihoods, compared: Comparison, weights: Weights): Likelihoods {
  const key = field === 'given' || field === 'family' || field === 'relative' ? compared[`${field}Key`] : undefined
  if (key === undefined || level === 'other' || level === 'initial') return found
  const { rare, ...tables } = weights.frequencies
  const [given, family] = [tables.given[key] ?? rare, tables.family[key] ?? rare]
  const average = weights.fields[field]?.levels['same']?.stranger ?? 1
  const rarity = Math.min(MOST, Math.max(1 / MOST, Math.max(given, family) / average))
  const surname = field === 'given' && family > 2 * given ? weights.fields.family?.levels[level] : undefined
  const stranger = found.stranger * rarity * (field === 'given' ? 1 : liftOf(compared, weights))
  return { self: found.self, kin: surname?.kin ?? found.kin, stranger: Math.min(1, stranger) }
}

function liftOf({ levels, givenKey = '', familyKey = '' }: Comparison, { frequencies: { lift } }: Weights): number {
  if (levels.given === 'other') return 1
  const family = levels.family === undefined || levels.family === 'other' ? 1 : (lift[familyKey] ?? 1)
  return Math.max(1, lift[givenKey] ?? 1, family)
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
