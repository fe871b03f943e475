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

/**
 * Linking costs about as much as taking a record in, and nobody waits for it: while files and messages pour in it rests,
 * but for `patience` at most; then it links all that came in the meantime, whatever else there is to do, and may rest
 * again. So a record is linked within its patience and the time it takes to link what has gathered, however long others
 * are busy, and at once when they are not.
 */
export class Rest {
  /** Since when records wait. */
  #since: number | undefined

  constructor(private readonly pace: Pace) {}

  /** Resolves when it is linking's turn; `stopped` ends the wait. */
  async over(stopped: () => boolean): Promise<void> {
    const { pressed, patience } = this.pace
    this.#since ??= performance.now()
    while (pressed() && performance.now() - this.#since < patience && !stopped()) await sleep(LOOK)
  }

  /** Everything is linked: those who come next wait anew. */
  caughtUp(): void {
    this.#since = undefined
  }
}
