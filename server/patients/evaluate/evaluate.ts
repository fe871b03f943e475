import type { Patient } from '@medplum/fhirtypes'
import { cluster, type WeighedLink } from '../cluster.ts'
import { featuresOf, type Features } from '../keys/features.ts'
import { compatible, score, type Score } from '../score/score.ts'
import type { Weights } from '../score/weights.ts'
import { candidatePairs } from '../train/pairs.ts'
import { countBy, pairsIn, quality, share, type Quality, type Share } from './measure.ts'

/** A record of which the truth is known. */
export interface Labelled {
  readonly patient: Patient & { id: string }
  /** Records of one person share it. */
  readonly person: string
  /** Groups the figures are also told for. */
  readonly slices: readonly string[]
}

export interface Evaluation {
  readonly records: number
  readonly people: number
  readonly candidates: number
  readonly truePairs: number
  /** Of the true pairs, those that are compared at all. */
  readonly compared: Share
  /** Pairs linked without asking, singly. */
  readonly auto: Quality
  /** Pairs that stand in one cluster without anybody being asked. */
  readonly clustered: Quality
  /** Of the true pairs, those linked or put before somebody. */
  readonly withReview: Share
  /** Of the true pairs, those in one cluster once the review queue is worked through. */
  readonly worked: Share
  readonly review: { readonly pairs: number; readonly perRecord: number; readonly truePairs: number }
  /** Linked if that is likelier than not, nobody asked, no guards: what the weights alone can tell. */
  readonly evenOdds: Quality
  /** Clusters of several records that are a person's exactly. */
  readonly clusters: Quality
  readonly slices: Readonly<
    Record<string, { readonly auto: Share; readonly recall: Share; readonly withReview: Share }>
  >
}

interface Judged {
  readonly a: number
  readonly b: number
  readonly same: boolean
  readonly score: Pick<Score, 'weight' | 'band' | 'guards'>
}

export function evaluate(records: readonly Labelled[], weights: Weights): Evaluation {
  const list = records.map(({ patient }) => featuresOf(patient))
  const { judged, candidates, met } = judgeAll(records, list, weights)
  const sizes = countBy(records, ({ person }) => person)
  const truePairs = pairsIn(sizes.values())
  const [auto, review] = [
    judged.filter(({ score: { band } }) => band === 'auto'),
    judged.filter(({ score: { band } }) => band === 'review'),
  ]
  const right = (pairs: readonly Judged[]) => pairs.filter(({ same }) => same).length
  const clusters = clustersOf(list, auto, weights)
  const even = judged.filter(({ score: { weight } }) => weight > 0)
  return {
    records: records.length,
    people: sizes.size,
    candidates,
    truePairs,
    compared: share(met, truePairs),
    auto: quality(right(auto), auto.length, truePairs),
    clustered: pairsOfClusters(clusters, records, truePairs),
    withReview: share(right(auto) + right(review), truePairs),
    worked: share(pairsIn(workedThrough(records, clusters, review)), truePairs),
    review: {
      pairs: review.length,
      perRecord: Math.round((1000 * review.length) / records.length) / 1000,
      truePairs: right(review),
    },
    evenOdds: quality(right(even), even.length, truePairs),
    clusters: wholeClusters(clusters, records, sizes),
    slices: slicesOf(records, auto, review),
  }
}

/** Only pairs that are linked or asked about are kept: most candidates are neither. */
function judgeAll(records: readonly Labelled[], list: readonly Features[], weights: Weights) {
  const judged: Judged[] = []
  let [candidates, met] = [0, 0]
  for (const [a, b] of candidatePairs(list)) {
    candidates++
    const same = records[a]!.person === records[b]!.person
    if (same) met++
    const { weight, band, guards } = score(list[a]!, list[b]!, weights)
    if (band !== 'separate' || weight > 0) judged.push({ a, b, same, score: { weight, band, guards } })
  }
  return { judged, candidates, met }
}

function clustersOf(list: readonly Features[], auto: readonly Judged[], weights: Weights): number[][] {
  const key = (place: number) => String(place).padStart(8, '0')
  const links = auto.map(({ a, b, score: { weight } }): WeighedLink => ({ a: key(a), b: key(b), weight }))
  const rules = {
    compatible: (a: string, b: string) => compatible(score(list[Number(a)]!, list[Number(b)]!, weights), weights),
  }
  return cluster([...list.keys()].map(key), links, rules).map((members) => members.map(Number))
}

function pairsOfClusters(clusters: readonly number[][], records: readonly Labelled[], truePairs: number): Quality {
  let [right, made] = [0, 0]
  for (const members of clusters) {
    made += pairsIn([members.length])
    right += pairsIn(countBy(members, (place) => records[place]!.person).values())
  }
  return quality(right, made, truePairs)
}

/** Sizes of the groups of one person's records that are together when each review pair has had its right answer. */
function workedThrough(
  records: readonly Labelled[],
  clusters: readonly number[][],
  review: readonly Judged[],
): number[] {
  const root = records.map((_, place) => place)
  const find = (place: number): number => {
    while (root[place] !== place) place = root[place] = root[root[place]!]!
    return place
  }
  const link = (a: number, b: number) => {
    if (records[a]!.person === records[b]!.person) root[find(a)] = find(b)
  }
  for (const members of clusters)
    for (const [i, a] of members.entries()) for (const b of members.slice(i + 1)) link(a, b)
  for (const { a, b } of review) link(a, b)
  return [...countBy(root.keys(), find).values()]
}

function wholeClusters(
  clusters: readonly number[][],
  records: readonly Labelled[],
  sizes: ReadonlyMap<string, number>,
): Quality {
  const several = clusters.filter(({ length }) => length > 1)
  const whole = several.filter((members) => {
    const person = records[members[0]!]!.person
    return members.every((place) => records[place]!.person === person) && members.length === sizes.get(person)
  })
  return quality(whole.length, several.length, [...sizes.values()].filter((n) => n > 1).length)
}

/** A pair belongs to a slice if one of its records does. */
function slicesOf(
  records: readonly Labelled[],
  auto: readonly Judged[],
  review: readonly Judged[],
): Evaluation['slices'] {
  const truth = countBy(truePairSlices(records), (slice) => slice)
  const within = (pairs: readonly Judged[], slice: string) =>
    pairs.filter(({ a, b }) => records[a]!.slices.includes(slice) || records[b]!.slices.includes(slice))
  return Object.fromEntries(
    [...truth]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([slice, pairs]) => {
        const [linked, asked] = [within(auto, slice), within(review, slice)]
        const right = linked.filter(({ same }) => same).length
        return [
          slice,
          {
            auto: share(right, linked.length),
            recall: share(right, pairs),
            withReview: share(right + asked.filter(({ same }) => same).length, pairs),
          },
        ]
      }),
  )
}

function* truePairSlices(records: readonly Labelled[]): Generator<string> {
  const byPerson = new Map<string, Labelled[]>()
  for (const record of records) byPerson.set(record.person, [...(byPerson.get(record.person) ?? []), record])
  for (const list of byPerson.values())
    for (const [i, a] of list.entries()) for (const b of list.slice(i + 1)) yield* new Set([...a.slices, ...b.slices])
}
