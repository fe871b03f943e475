/** Millions of numeric ids in 8 bytes each: filled, sorted once, then asked. */
export class IdSet {
  #ids = new BigInt64Array(1024)
  #size = 0

  add(id: string): void {
    if (!/^\d{1,18}$/.test(id)) return
    if (this.#size === this.#ids.length) {
      const larger = new BigInt64Array(this.#ids.length * 2)
      larger.set(this.#ids)
      this.#ids = larger
    }
    this.#ids[this.#size++] = BigInt(id)
  }

  sorted(): this {
    this.#ids = this.#ids.slice(0, this.#size).sort()
    return this
  }

  has(id: string): boolean {
    if (!/^\d{1,18}$/.test(id)) return false
    const wanted = BigInt(id)
    let [low, high] = [0, this.#size]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ids[middle] ?? 0n) < wanted) low = middle + 1
      else high = middle
    }
    return low < this.#size && this.#ids[low] === wanted
  }
}
