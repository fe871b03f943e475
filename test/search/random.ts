/** A seeded source of choices (mulberry32), so that a difference found once is found again. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  int(below: number): number {
    return Math.floor(this.next() * below)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.int(from.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }

  /** Up to `most` of them, perhaps none. */
  some<T>(from: readonly T[], most: number): T[] {
    return Array.from({ length: this.int(most + 1) }, () => this.pick(from))
  }
}
