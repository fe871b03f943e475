import type { Database, Queryable } from '../db/database.ts'
import type { House } from '../interactions/house.ts'
import type { Features } from './keys/features.ts'
import type { Band, Score } from './score/score.ts'
import type { Weights } from './score/weights.ts'

/**
 * What the operations ask of linked patients, and the decisions people make on them. Ids are those of Patient resources.
 */

/** What somebody said of two records: one person, or never one. A decision beats every weight; `never` beats all links. */
export type Verdict = 'link' | 'never'

export interface Decision {
  readonly a: string
  readonly b: string
  /** null takes an earlier decision back. */
  readonly verdict: Verdict | null
  /** Who decided, as a Reference or a name, and why. */
  readonly by: string
  readonly reason: string
}

/** Records held to be one person; alone, a record is a cluster of itself and has no golden Patient. */
export interface Cluster {
  readonly golden?: string
  readonly members: readonly string[]
}

export interface Decided {
  /** The clusters of the two records now: one, if they are together. */
  readonly clusters: readonly Cluster[]
  /** Id of the Provenance that says who did it and why. */
  readonly provenance: string
}

/** A record found by its blocks, scored. */
export interface Candidate {
  readonly id: string
  readonly features: Features
  readonly score: Score
  readonly golden?: string
}

export interface Found {
  /** By falling weight, of equal weight by id. */
  readonly candidates: readonly Candidate[]
  /** Blocks too large to be looked through. */
  readonly skipped: number
}

/** Two records that somebody has to look at, or that somebody has decided on. */
export interface Pair {
  readonly a: string
  readonly b: string
  readonly weight: number
  readonly band: Band
  readonly decision?: { readonly verdict: Verdict; readonly by: string; readonly at: string; readonly reason: string }
}

export interface Queue {
  readonly pairs: readonly Pair[]
  /** Where the next page begins; absent on the last one. */
  readonly next?: string
  /** All pairs that wait. */
  readonly total: number
}

/** Carried out at once: decided, clustered anew, golden Patients and a Provenance written, in one transaction. */
export function decideOn(_house: House, _decision: Decision): Promise<Decided> {
  return Promise.reject(new Error('in the making'))
}

/** Of a record or a golden Patient; undefined when the follower does not know it (yet). */
export function clusterOf(_db: Queryable, _id: string): Promise<Cluster | undefined> {
  return Promise.reject(new Error('in the making'))
}

/** The records most like these features (which need no id and are not stored), never golden ones. */
export function findCandidates(_db: Queryable, _features: Features, _weights: Weights, _most?: number): Promise<Found> {
  return Promise.reject(new Error('in the making'))
}

/** Pairs of the band `review` nobody has decided on and that are not in one cluster, by falling weight. */
export function reviewQueue(_db: Queryable, _ask: { limit: number; after?: string }): Promise<Queue> {
  return Promise.reject(new Error('in the making'))
}

/** Both records' features and their score now, and what was decided; undefined when one is unknown. */
export function evidenceOf(
  _db: Queryable,
  _a: string,
  _b: string,
  _weights: Weights,
): Promise<{ a: Features; b: Features; score: Score; pair?: Pair } | undefined> {
  return Promise.reject(new Error('in the making'))
}

/** The weights in force, for as many records as this database is set to. */
export function weightsInForce(_db: Database): Promise<Weights> {
  return Promise.reject(new Error('in the making'))
}
