import { readFileSync } from 'node:fs'
import { featuresOf } from '../keys/features.ts'
import { forPopulation, readWeights, type Weights } from '../score/weights.ts'
import { score } from '../score/score.ts'
import { candidatePairs, type Pair } from '../train/pairs.ts'
import { trainOn } from '../train/train.ts'
import { baselines, plainOf } from './baselines.ts'
import { cityRecords } from './city.ts'
import { evaluate, type Evaluation, type Labelled } from './evaluate.ts'
import { countBy, pairsIn, quality, type Quality } from './measure.ts'

const folder = new URL('../../../profiles/matching/', import.meta.url)

/** Weights of `profiles/matching`: `city` are in force; the templates are where training starts. */
export function loadWeights(name: 'city' | 'template-city' | 'template-general'): Weights {
  return readWeights(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')))
}

export interface MethodReport extends Quality {
  readonly method: string
  /** The most true pairs it finds while no more than two in a thousand links are false. */
  readonly recallAtPrecision998: number
}

export interface MatchReport {
  readonly seed: string
  readonly ours: Evaluation
  /** By singles pairs, without review, where each method links by itself: ours at even odds. */
  readonly methods: readonly MethodReport[]
}

/**
 * `parchi match-eval [people] [seed]`: the weights in force on the registers of a made-up city (never of the seeds they were
 * trained and tuned on), beside other methods.
 */
export async function matchEval(people = 50_000, seed = 'test', weights = loadWeights('city')): Promise<MatchReport> {
  const records = cityRecords(seed, people)
  const own = forPopulation(weights, records.length)
  return { seed, ours: evaluate(records, own), methods: await compareMethods(records, own) }
}

/** `parchi match-train [people]`: weights from the unlabelled registers of the training city. */
export function matchTrain(people = 50_000, template = loadWeights('template-city')): Weights {
  const list = cityRecords('train', people).map(({ patient }) => featuresOf(patient))
  return { ...trainOn(list, template), name: 'city' }
}

/** Every method on the same candidates. */
export async function compareMethods(records: readonly Labelled[], weights: Weights): Promise<MethodReport[]> {
  const features = records.map(({ patient }) => featuresOf(patient))
  const plain = records.map(({ patient }) => plainOf(patient))
  const pairs = [...candidatePairs(features)]
  const truth = pairsIn(countBy(records, ({ person }) => person).values())
  const report = (method: string, links: number, weigh: (pair: Pair) => number) =>
    methodReport(method, links, pairs, records, truth, weigh)
  const ours = report('ours', 0, ([a, b]) => {
    const { weight, guards } = score(features[a]!, features[b]!, weights)
    return guards.length > 0 ? Math.min(weight, 0) : weight
  })
  const others = await baselines(plain, pairs)
  return [ours, ...others.map((one) => report(one.name, one.links, ([a, b]) => one.score(plain[a]!, plain[b]!)))]
}

function methodReport(
  method: string,
  links: number,
  pairs: readonly Pair[],
  records: readonly Labelled[],
  truth: number,
  weigh: (pair: Pair) => number,
): MethodReport {
  const scored = pairs.map((pair) => ({
    weight: weigh(pair),
    same: records[pair[0]]!.person === records[pair[1]]!.person,
  }))
  const linked = scored.filter(({ weight }) => (links === 0 ? weight > 0 : weight >= links))
  const right = linked.filter(({ same }) => same).length
  return { method, ...quality(right, linked.length, truth), recallAtPrecision998: recallAt(0.998, scored, truth) }
}

/** Over all thresholds; pairs of one weight stand or fall together. */
function recallAt(precision: number, scored: readonly { weight: number; same: boolean }[], truth: number): number {
  const sorted = [...scored].sort((a, b) => b.weight - a.weight)
  let [right, best] = [0, 0]
  for (const [i, { weight, same }] of sorted.entries()) {
    if (same) right++
    const last = sorted[i + 1]?.weight !== weight
    if (last && right / (i + 1) >= precision) best = Math.max(best, right)
  }
  return Math.round((10_000 * best) / truth) / 10_000
}
