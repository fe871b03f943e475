import type { Features } from './keys/features.ts'
import type { Band, Score } from './score/score.ts'

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
  /** All pairs that wait, counted up to 10,000. */
  readonly total: number
}

export { decideOn } from './decide.ts'
export {
  clusterOf,
  evidenceOf,
  findCandidates,
  reviewQueue,
  weightsInForce,
  type Among,
  type Evidence,
} from './look.ts'
