/**
 * Lets heavy work in by weight, first come first served: a 1 MB bundle becomes some 10 MB of objects, entries and
 * parameters until it is committed, so many large ones at once would fill memory without being any faster, since one
 * thread takes them apart. Those who wait cost only their bytes. One that is heavier than the limit goes alone.
 */
export class Turnstile {
  #inside = 0
  readonly #waiting: { weight: number; enter: () => void }[] = []

  constructor(private readonly limit: number) {}

  /** Resolves when there is room; what it answers gives the room back. */
  async enter(weight: number): Promise<() => void> {
    if (this.#waiting.length > 0 || !this.#fits(weight)) {
      await new Promise<void>((enter) => this.#waiting.push({ weight, enter }))
    } else this.#inside += weight
    let left = false
    return () => {
      if (left) return
      left = true
      this.#inside -= weight
      this.#admit()
    }
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.weight); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#inside += next.weight
      next.enter()
    }
  }

  #fits(weight: number): boolean {
    return this.#inside === 0 || this.#inside + weight <= this.limit
  }
}
