import type { Facility, MappedRecord } from '../../../mappers/mapping.ts'
import { giveWay } from '../giving-way.ts'
import type { Intake } from '../intake.ts'
import { makeAhead } from './ahead.ts'
import { Ledger } from './ledger.ts'
import { flush } from './flush.ts'
import type { Item, Run } from './item.ts'
import { itemOf } from './known.ts'

/** Records that are written in one transaction. */
const TOGETHER = 200

/** Resources that are held at once: few records with many of them are a batch too. */
const HEAVY = 2000

/**
 * Gathers the records of a facility's messages into batches, across messages: many small ones are written together. A
 * batch is written while the next one is being mapped.
 */
export class Pool {
  #items: Item[] = []
  #weight = 0
  #ended: Run[] = []
  #writing: Promise<void> = Promise.resolve()
  #failed = false
  readonly #ahead = new Set<string>()

  constructor(
    private readonly intake: Intake,
    private readonly facility: Facility,
  ) {}

  async add(run: Run, record: MappedRecord): Promise<void> {
    makeAhead(this.intake, record, this.#ahead)
    this.#items.push(itemOf(run, record))
    this.#weight += record.resources.length
    if (this.#items.length >= TOGETHER || this.#weight >= HEAVY) await this.flush()
  }

  /** All records of the message were added. */
  end(run: Run): void {
    this.#ended.push(run)
  }

  /** Starts writing what was gathered, when what was started before is written. */
  async flush(): Promise<void> {
    await this.#writing
    const [items, ended] = [this.#items, this.#ended]
    if (items.length === 0 && ended.length === 0) return
    this.#items = []
    this.#ended = []
    this.#weight = 0
    this.#writing = this.#write(items, ended)
    this.#writing.catch(() => (this.#failed = true)) // told to whoever comes next
  }

  /** Everything is written. */
  async close(): Promise<void> {
    await this.flush()
    await this.#writing
  }

  /** What was being written is written, or has failed. */
  async quiet(): Promise<void> {
    await this.#writing.catch(() => undefined)
  }

  async #write(items: readonly Item[], ended: readonly Run[]): Promise<void> {
    if (this.#failed) throw new Error('an earlier batch failed')
    const started = performance.now()
    const ledger = new Ledger(this.intake, ended)
    await flush(this.intake, this.facility, items, (tx, done) => ledger.keep(tx, done))
    ledger.settled()
    await giveWay(this.intake, performance.now() - started)
  }
}
