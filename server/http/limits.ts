import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible'
import type { Caller } from '../context.ts'
import { FhirError } from '../errors.ts'

export interface LimitOptions {
  /** Requests a second of a client, of a person and of an address; 0 or absent: no limit. */
  readonly rateLimit?: number
  readonly rateLimitPerson?: number
  readonly rateLimitIp?: number
  /** Requests a minute of an address for tokens and logins. */
  readonly rateLimitLogin?: number
  /** Expensive requests of one caller at a time. */
  readonly expensiveAtOnce?: number
}

/** Too many: 429, and after how many seconds it is worth trying again. */
export class Throttled extends FhirError {
  constructor(
    what: string,
    readonly seconds: number,
  ) {
    super('too-many-requests', what)
  }
}

/** Seconds over which a rate is held, so that a burst is no fault. */
const WINDOW = 10

/**
 * Who asks more than others can spare. Counted in the memory of this process: of several, each allows as much. Logins
 * are counted once more by account and mobile number, in the database.
 */
export class Limits {
  readonly #address: RateLimiterMemory | undefined
  readonly #login: RateLimiterMemory | undefined
  readonly #client: RateLimiterMemory | undefined
  readonly #person: RateLimiterMemory | undefined
  readonly #inside = new Map<string, number>()
  readonly #atOnce: number

  constructor({ rateLimit, rateLimitPerson, rateLimitIp, rateLimitLogin, expensiveAtOnce }: LimitOptions) {
    this.#address = limiter(rateLimitIp, WINDOW)
    this.#client = limiter(rateLimit, WINDOW)
    this.#person = limiter(rateLimitPerson, WINDOW)
    this.#login = limiter(rateLimitLogin, 60, 1)
    this.#atOnce = expensiveAtOnce ?? 0
  }

  /** Any request of an address, before anybody is asked who they are. */
  async address(address: string): Promise<void> {
    await take(this.#address, address, 'This address asks too often.')
  }

  /** A request for a token, a code or a page of the login. */
  async login(address: string): Promise<void> {
    await take(this.#login, address, 'Too many logins and tokens are asked for from this address.')
  }

  /** A request of somebody known. What it answers is called when the request is over. */
  async caller({ kind, id }: Caller, expensive: boolean): Promise<() => void> {
    const key = `${kind} ${id}`
    await take(kind === 'client' ? this.#client : this.#person, key, 'You ask too often.')
    if (!expensive || this.#atOnce === 0) return nothing
    const inside = this.#inside.get(key) ?? 0
    if (inside >= this.#atOnce)
      throw new Throttled(`You have ${inside} expensive requests running; wait until one is answered.`, 1)
    this.#inside.set(key, inside + 1)
    return () => {
      const left = (this.#inside.get(key) ?? 1) - 1
      if (left > 0) this.#inside.set(key, left)
      else this.#inside.delete(key)
    }
  }
}

const nothing = (): void => undefined

const costly: ReadonlySet<string> = new Set(['$everything', '$match', '$document', '$expand', '$conformance'])

/** What takes long, or much memory: some operations, searches over all types, histories of more than one resource. */
export function isExpensive(method: string, path: readonly string[]): boolean {
  const last = path.at(-1)
  if (last === undefined) return method === 'GET'
  if (costly.has(last)) return true
  return (last === '_history' && path.length < 3) || (last === '_search' && path.length === 1)
}

function limiter(rate: number | undefined, seconds: number, per = seconds): RateLimiterMemory | undefined {
  return rate ? new RateLimiterMemory({ points: rate * per, duration: seconds }) : undefined
}

async function take(limiter: RateLimiterMemory | undefined, key: string, what: string): Promise<void> {
  try {
    await limiter?.consume(key)
  } catch (result) {
    throw new Throttled(what, Math.max(1, Math.ceil((result as RateLimiterRes).msBeforeNext / 1000)))
  }
}
