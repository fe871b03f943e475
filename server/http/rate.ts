/** So many in a window of time, for each key: the window begins with the first of them. */
export class Rate {
  readonly #most: number
  readonly #length: number
  readonly #windows = new Map<string, { ends: number; taken: number }>()
  #sweep: number

  constructor(most: number, seconds: number) {
    this.#most = most
    this.#length = seconds * 1000
    this.#sweep = performance.now() + this.#length
  }

  /** Takes one, and answers for how many milliseconds there is none left: 0 when there was. */
  take(key: string): number {
    const now = performance.now()
    if (now >= this.#sweep) this.#forget(now)
    const window = this.#windows.get(key)
    if (!window || now >= window.ends) {
      this.#windows.set(key, { ends: now + this.#length, taken: 1 })
      return 0
    }
    window.taken++
    return window.taken > this.#most ? window.ends - now : 0
  }

  #forget(now: number): void {
    for (const [key, { ends }] of this.#windows) if (now >= ends) this.#windows.delete(key)
    this.#sweep = now + this.#length
  }
}
