import type { MappedRecord } from '../../../mappers/mapping.ts'
import type { Intake } from '../intake.ts'

/** Records and resources that lie on shelves, of all messages that are processed side by side (limits.shelf). */
const lying = new WeakMap<Intake, number>()

const TOGETHER = 8

/**
 * The first records of a message, as they were mapped to know whether it may be written at all: these are not mapped a
 * second time. Those that find no room are, so memory stays that of some batches however large the message is.
 */
export class Shelf {
  readonly #records: MappedRecord[] = []
  #weight = 0
  #full = false

  /** `upTo`: records up to this one need not be mapped again. `whole`: of a small message all find room. */
  constructor(
    private readonly intake: Intake,
    public upTo: number,
    private readonly whole: boolean,
  ) {}

  put(record: MappedRecord): void {
    if (this.#full || record.number <= this.upTo) return
    this.#full = !this.#fits(record)
    if (this.#full) return
    // nobody asks for it here, and what lies is the garbage collector's work
    ;(record as { canonical?: unknown }).canonical = undefined
    this.#records.push(record)
    this.upTo = record.number
  }

  #fits({ resources }: MappedRecord): boolean {
    if (this.whole) return true
    const weight = 1 + resources.length
    const there = lying.get(this.intake) ?? 0
    if (there + weight > this.intake.limits.shelf) return false
    lying.set(this.intake, there + weight)
    this.#weight += weight
    return true
  }

  /** In their order, some at a time; what was taken lies here no longer. */
  *take(): Iterable<readonly MappedRecord[]> {
    this.#records.reverse()
    while (this.#records.length > 0) yield this.#records.splice(-TOGETHER).reverse()
    this.clear()
  }

  /** Gives its room back. */
  clear(): void {
    this.#records.length = 0
    lying.set(this.intake, (lying.get(this.intake) ?? 0) - this.#weight)
    this.#weight = 0
  }
}
