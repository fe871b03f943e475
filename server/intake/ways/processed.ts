import { setTimeout as sleep } from 'node:timers/promises'
import { readMessages, type Message } from '../message.ts'
import type { Intake } from '../intake.ts'
import type { State } from '../outcomes.ts'

/** What a message came to, for its sender. */
export interface Came {
  readonly good: boolean
  /** Why it is not, without any value of it. */
  readonly text?: string
}

/** Waits for messages that are committed to be processed, here or in another process: one look for all who wait. */
export class Processed {
  readonly #waiting = new Map<string, { until: number; tell: (came: Came | undefined) => void }>()
  #looking = false

  constructor(
    private readonly intake: Intake,
    private readonly patience = PATIENCE,
  ) {}

  /** Undefined: not within the time. */
  of(id: string): Promise<Came | undefined> {
    return new Promise((tell) => {
      this.#waiting.set(id, { until: Date.now() + this.patience, tell })
      if (!this.#looking) void this.#look()
    })
  }

  async #look(): Promise<void> {
    this.#looking = true
    while (this.#waiting.size > 0) {
      await sleep(EVERY)
      // A database that is away will be back, or the time is up.
      const found = await readMessages(this.intake.house.db, [...this.#waiting.keys()]).catch(
        () => new Map<string, Message>(),
      )
      for (const [id, { until, tell }] of this.#waiting) {
        const message = found.get(id)
        const ready = message?.state === 'done' || message?.state === 'held'
        if (!ready && Date.now() < until) continue
        this.#waiting.delete(id)
        tell(message && ready ? cameOf(message) : undefined)
      }
    }
    this.#looking = false
  }
}

const EVERY = 50
const PATIENCE = 60_000

const bad: readonly State[] = ['quarantined', 'held', 'parked']

function cameOf({ state, counts, issues }: Message): Came {
  if (state === 'done' && bad.every((one) => !counts[one])) return { good: true }
  const [first] = issues
  const many = bad.flatMap((one) => (counts[one] ? [`${counts[one]} ${one}`] : [])).join(', ')
  return {
    good: false,
    text: first ? `${first.message} ${first.remedy}` : `Records not taken in: ${many}. The message is kept.`,
  }
}
