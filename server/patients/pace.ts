import { setTimeout as sleep } from 'node:timers/promises'

/** When linking gives way to others in this process, and for how long at most. */
export interface Pace {
  /** Others have work that somebody waits for. */
  readonly pressed: () => boolean
  /** Milliseconds that records wait for their turn while others are pressed. */
  readonly patience: number
}

/** Nobody to give way to. */
export const unhurried: Pace = { pressed: () => false, patience: 0 }

/** Milliseconds between two looks whether others are still pressed. */
const LOOK = 50
/** … and that it rests between two steps once their patience is over. */
const LONGEST = 1000

/**
 * Linking costs about as much as taking a record in, and nobody waits for it: while files and messages pour in it rests,
 * but for `patience` at most. Then it takes every other moment until all that came in the meantime is linked, and may rest
 * again. So a record is linked within its patience and twice the time it takes to link what has gathered, however long
 * others are busy, and at once when they are not.
 */
export class Rest {
  /** Since when records wait. */
  #since: number | undefined
  /** Milliseconds that the last step took. */
  #last = 0

  constructor(private readonly pace: Pace) {}

  /** Resolves when it is linking's turn; `stopped` ends the wait. */
  async over(stopped: () => boolean): Promise<void> {
    const { pressed, patience } = this.pace
    const now = performance.now()
    this.#since ??= now
    const until = Math.max(this.#since + patience, now + Math.min(this.#last, LONGEST))
    while (pressed() && performance.now() < until && !stopped()) await sleep(LOOK)
  }

  /** Does a step, and remembers how long it took. */
  async after<T>(step: () => Promise<T>): Promise<T> {
    const before = performance.now()
    try {
      return await step()
    } finally {
      this.#last = performance.now() - before
    }
  }

  /** Everything is linked: those who come next wait anew. */
  caughtUp(): void {
    this.#since = undefined
  }
}
