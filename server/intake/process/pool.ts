import type { Facility, MappedRecord } from '../../../mappers/mapping.ts'
import type { Intake } from '../intake.ts'
import { makeAhead } from './ahead.ts'
import { breath } from './first-pass.ts'
import type { Item, Run } from './item.ts'
import { itemOf } from './known.ts'
import { Turn } from './turn.ts'

/** Resources that are held at once for each record of a batch: few records with many of them are a batch too. */
const HEAVY = 10

/**
 * Gathers the records of a facility's messages into batches, across messages: many small ones are written together. While
 * one batch is being written the next one is prepared, and the one after that is mapped.
 */
export class Pool {
  #items: Item[] = []
  #keys = new Map<string, bigint>()
  #weight = 0
  #ended: Run[] = []
  /** The last two; no more are under way. */
  #turns: readonly Turn[] = []
  readonly #ahead = new Set<string>()

  constructor(
    private readonly intake: Intake,
    private readonly facility: Facility,
  ) {}

  async add(run: Run, record: MappedRecord): Promise<void> {
    // nobody asks for it here, and while it waits a record is the garbage collector's work
    ;(record as { canonical?: unknown }).canonical = undefined
    const item = itemOf(run, record, makeAhead(this.intake, record, this.#ahead))
    if (this.#isFull(record) || this.#comesAgain(item)) await this.flush()
    this.#items.push(item)
    if (record.state === 'mapped') this.#keys.set(item.key, item.fingerprint)
    this.#weight += record.resources.length
  }

  /** Records of one patient that follow each other stay together: neighbouring batches are apart then (turn.ts). */
  #isFull({ lane }: MappedRecord): boolean {
    const { batch } = this.intake.limits
    const many = Math.max(this.#items.length, this.#weight / HEAVY)
    return many >= batch && (many >= batch * 1.25 || lane === '' || lane !== this.#items.at(-1)?.record.lane)
  }

  /** Corrected within the batch: what it made and said before has to be stored, to be compared with (obsolete.ts). */
  #comesAgain({ record, key, fingerprint }: Item): boolean {
    return record.state === 'mapped' && (this.#keys.get(key) ?? fingerprint) !== fingerprint
  }

  /**
   * Others get their turn: what the database answers, and what it has room for. A batch travels in a dozen pieces; until the
   * last one PostgreSQL stands still, and records rest.
   */
  breath(): Promise<void> {
    return this.#turns.find(({ leaves }) => leaves)?.sent ?? breath()
  }

  /** All records of the message were added. */
  end(run: Run): void {
    this.#ended.push(run)
  }

  /** Starts with what was gathered. */
  async flush(): Promise<void> {
    const [earlier, last] = [this.#turns.at(-2), this.#turns.at(-1)]
    await earlier?.written
    const [items, ended] = [this.#items, this.#ended]
    if (items.length === 0 && ended.length === 0) return
    this.#items = []
    this.#keys = new Map()
    this.#ended = []
    this.#weight = 0
    this.#turns = [...(last ? [last] : []), new Turn(this.intake, this.facility, items, ended, last)]
  }

  /** Everything is written. */
  async close(): Promise<void> {
    await this.flush()
    await this.#turns.at(-1)?.written
  }

  /** What was being written is written, or has failed. */
  async quiet(): Promise<void> {
    await this.#turns.at(-1)?.written.catch(() => undefined)
  }
}
