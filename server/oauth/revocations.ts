import type { Database } from '../db/database.ts'
import { LONGEST_TOKEN, readRevoked, revoke, type Revocable } from '../store/revoked.ts'

/** How old what this process knows of others' revocations may be, in milliseconds. */
const FRESH = 500

/** What is revoked, as every process sees it: read anew by the first request that finds it too old. */
export class Revocations {
  #known: ReadonlyMap<string, number> = new Map()
  readonly #own = new Map<string, number>()
  #read = -Infinity
  #reading: Promise<void> | undefined

  constructor(private readonly db: Database) {}

  /** In this process at once. */
  async add(what: Revocable): Promise<void> {
    this.#own.set(what, Date.now())
    await revoke(this.db, what)
  }

  get isFresh(): boolean {
    return performance.now() - this.#read <= FRESH
  }

  /** Whether a token issued then (milliseconds since 1970) for any of these is refused, by what is known (`isFresh`). */
  covers(whats: readonly Revocable[], issued: number): boolean {
    if (this.#known.size === 0 && this.#own.size === 0) return false
    return whats.some((what) => {
      const at = Math.max(this.#known.get(what) ?? 0, this.#own.get(what) ?? 0)
      return at > 0 && (what.startsWith('grant:') || issued <= at)
    })
  }

  refresh(): Promise<void> {
    this.#reading ??= this.#readAll().finally(() => (this.#reading = undefined))
    return this.#reading
  }

  async #readAll(): Promise<void> {
    const asked = performance.now()
    this.#known = await readRevoked(this.db)
    this.#read = asked
    const past = Date.now() - (LONGEST_TOKEN + 60) * 1000
    for (const [what, at] of this.#own) if (at < past) this.#own.delete(what)
  }
}
