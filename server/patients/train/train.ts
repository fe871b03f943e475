import type { Patient } from '@medplum/fhirtypes'
import { featuresOf, type Features } from '../keys/features.ts'
import { compare, fields, type Comparison, type Field } from '../score/compare.ts'
import { likelihoods, priors } from '../score/score.ts'
import type { FieldWeights, Likelihoods, Weights } from '../score/weights.ts'
import { frequenciesOf } from './frequencies.ts'
import { candidatePairs, spreadPairs } from './pairs.ts'

/**
 * Weights from unlabelled records: nobody says who is who. Deterministic: the same list gives the same weights.
 *
 * - strangers: pairs at random are strangers, all but a few; what agrees among them agrees by chance;
 * - the same person: expectation-maximisation over the pairs that share a block (Winkler 1988). The template says where to
 *   start, and counts as `TRUST` pairs besides, so that what a data set never shows keeps a sane weight;
 * - relatives: the template's, for good. Without labels they are met only where they share a phone or a house, so that
 *   data would say that relatives always do.
 */
export function train(patients: readonly Patient[], template: Weights): Weights {
  return trainOn(patients.map(featuresOf), template)
}

const TRUST = 60
/** And as this share of the pairs that are one person: errors too odd to be believed are not unlearned. */
const TRUSTED = 0.1
const ROUNDS = 40
/** For each record, up to 200,000: enough to see what one pair in thousands shares; what is rarer is the template's. */
const RANDOM_PAIRS = 40

export function trainOn(list: readonly Features[], template: Weights): Weights {
  let weights: Weights = {
    ...template,
    records: list.length,
    frequencies: frequenciesOf(list),
    fields: withStrangers(list, template),
  }
  const patterns = patternsOf(list, template.asOf, weights)
  for (let round = 0; round < ROUNDS; round++) weights = improved(weights, template, patterns, list.length)
  return rounded(weights)
}

type Counts = Map<Field, Map<string, number>>

/** Chance agreement, from random pairs; a level too rare to be met there keeps the template's share of what is left. */
function withStrangers(list: readonly Features[], template: Weights): Weights['fields'] {
  const counts: Counts = new Map()
  for (const [a, b] of spreadPairs(list.length, Math.min(200_000, RANDOM_PAIRS * list.length)))
    count(counts, compare(list[a]!, list[b]!, template.asOf), 1)
  return mapLevels(template.fields, (field, level, old) => ({
    ...old,
    stranger: share(counts, field, level, template, ({ stranger }) => stranger, TRUST * 10),
  }))
}

/** Candidates that compare alike are one row with a count: there are far fewer of these than pairs. */
interface Pattern {
  readonly compared: Comparison
  count: number
}

function patternsOf(list: readonly Features[], asOf: number, weights: Weights): Pattern[] {
  const patterns = new Map<string, Pattern>()
  for (const [a, b] of candidatePairs(list)) {
    const compared = compare(list[a]!, list[b]!, asOf)
    const key = patternKey(compared, weights)
    const pattern = patterns.get(key)
    if (pattern) pattern.count++
    else patterns.set(key, { compared, count: 1 })
  }
  return [...patterns.values()]
}

/** The levels, and how rare the names are that agree, in steps of half a bit. */
function patternKey(compared: Comparison, weights: Weights): string {
  const rare = likelihoods(compared, weights).map(
    ({ stranger, kin }) => Math.round(2 * Math.log2(stranger)) + (kin > 0.5 ? 0.5 : 0),
  )
  return [...fields.map((field) => compared.levels[field] ?? ''), ...rare].join()
}

/** One round: how likely each pattern is one person or relatives (E), and what that makes of the likelihoods (M). */
function improved(weights: Weights, template: Weights, patterns: readonly Pattern[], records: number): Weights {
  const selves: Counts = new Map()
  const prior = priors(weights)
  let self = 0
  for (const { compared, count: n } of patterns) {
    const sure = posterior(prior, likelihoods(compared, weights))
    self += n * sure.self
    count(selves, compared, n * sure.self)
  }
  return {
    ...weights,
    perRecord: { ...weights.perRecord, self: (2 * self) / records },
    fields: mapLevels(weights.fields, (field, level, { kin, stranger }) => ({
      self: share(selves, field, level, template, (one) => one.self, Math.max(TRUST, self * TRUSTED)),
      kin,
      stranger,
    })),
  }
}

function posterior(prior: Likelihoods, evidence: readonly Likelihoods[]): Likelihoods {
  let { self, kin, stranger } = prior
  for (const one of evidence) {
    self *= one.self
    kin *= one.kin
    stranger *= one.stranger
  }
  const sum = self + kin + stranger
  return sum > 0 ? { self: self / sum, kin: kin / sum, stranger: stranger / sum } : { self: 0, kin: 0, stranger: 1 }
}

function count(counts: Counts, { levels }: Comparison, n: number): void {
  for (const field of fields) {
    const level = levels[field]
    if (level === undefined) continue
    let found = counts.get(field)
    if (!found) counts.set(field, (found = new Map<string, number>()))
    found.set(level, (found.get(level) ?? 0) + n)
  }
}

/** The level's share of what was counted for the field, with the template counting as `trust` pairs. */
function share(
  counts: Counts,
  field: Field,
  level: string,
  template: Weights,
  of: (one: Likelihoods) => number,
  trust: number,
): number {
  const levels = template.fields[field]!.levels
  const sum = Object.values(levels).reduce((all, one) => all + of(one), 0)
  const found = counts.get(field)
  const known = found ? Object.keys(levels).reduce((all, one) => all + (found.get(one) ?? 0), 0) : 0
  const believed = Object.keys(levels).length > 1 ? of(levels[level]!) / sum : of(levels[level]!)
  if (Object.keys(levels).length === 1) return believed
  return ((found?.get(level) ?? 0) + trust * believed) / (known + trust)
}

function mapLevels(
  all: Weights['fields'],
  make: (field: Field, level: string, old: Likelihoods) => Likelihoods,
): Weights['fields'] {
  return Object.fromEntries(
    Object.entries(all).map(([field, { about, levels }]): [string, FieldWeights] => [
      field,
      {
        about,
        levels: Object.fromEntries(
          Object.entries(levels).map(([level, old]) => [level, make(field as Field, level, old)]),
        ),
      },
    ]),
  )
}

/** Three significant digits: as much as the data can tell, and a file that people can read. */
function rounded(weights: Weights): Weights {
  const short = (p: number) => Number(Math.max(p, 1e-9).toPrecision(3))
  return {
    ...weights,
    perRecord: {
      self: short(weights.perRecord.self),
      kin: weights.perRecord.kin === 0 ? 0 : short(weights.perRecord.kin),
    },
    fields: mapLevels(weights.fields, (_field, _level, { self, kin, stranger }) => ({
      self: short(self),
      kin: short(kin),
      stranger: short(stranger),
    })),
  }
}
