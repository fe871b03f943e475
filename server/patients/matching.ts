import { setImmediate as turn } from 'node:timers/promises'
import type { House } from '../interactions/house.ts'
import { compatible, rate, score, type Rate } from './score/score.ts'
import type { Weights } from './score/weights.ts'
import type { Features } from './keys/features.ts'

/** What linking needs besides the records. */
export interface Matching {
  readonly house: House
  readonly weights: Weights
  /** A block of more records tells nothing by itself, and is left out, whoever came first into it. */
  readonly largest: number
}

/** Chosen so that looking one person up among a million reads at most some hundreds of records (npm run bench -- --only patients --full). */
export const LARGEST = 200

/** Scores, and lets requests of this process have their turn every few milliseconds. */
export class Scorer {
  readonly #weights: Weights
  #since = performance.now()

  constructor(weights: Weights) {
    this.#weights = weights
  }

  /** Others have waited long enough: `breathe`. Asked of each pair, and mostly there is nothing to wait for. */
  isLong(): boolean {
    return performance.now() - this.#since > SLICE
  }

  async breathe(): Promise<void> {
    await turn()
    this.#since = performance.now()
  }

  rate(a: Features, b: Features): Rate {
    return rate(a, b, this.#weights)
  }

  compatible(a: Features, b: Features): boolean {
    return compatible(score(a, b, this.#weights), this.#weights)
  }
}

const SLICE = 8
