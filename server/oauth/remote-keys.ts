import { fetchJson, Unfetched, type FetchLimits } from './safe-fetch.ts'

/** A public key as a JWK. */
export type PublicKey = Readonly<Record<string, unknown>>

interface Known {
  keys: readonly PublicKey[]
  /** Milliseconds of performance.now: of the last success, and of the last try. */
  fetched: number
  tried: number
  trying?: Promise<void>
}

/** Keys are asked for again after 5 minutes; one that is not known, at most every 10 seconds; old ones serve for an hour. */
const times = { fresh: 300_000, pause: 10_000, stale: 3_600_000 }

/** The key sets of applications that publish them at an address. */
export class RemoteKeys {
  readonly #known = new Map<string, Known>()

  constructor(
    private readonly limits: FetchLimits,
    private readonly pause = times.pause,
  ) {}

  /** Those known, asked for anew when they are old or do not hold this key id. */
  async at(url: string, kid?: string): Promise<readonly PublicKey[]> {
    const known = this.#known.get(url) ?? { keys: [], fetched: -Infinity, tried: -Infinity }
    this.#known.set(url, known)
    const now = performance.now()
    const wanting = kid !== undefined && !known.keys.some((key) => key['kid'] === kid)
    if ((wanting || now - known.fetched > times.fresh) && (known.trying || now - known.tried > this.pause)) {
      known.trying ??= this.#fetch(url, known).finally(() => delete known.trying)
      await known.trying
    }
    return performance.now() - known.fetched > times.stale ? [] : known.keys
  }

  async #fetch(url: string, known: Known): Promise<void> {
    known.tried = performance.now()
    try {
      known.keys = readKeySet(await fetchJson(url, this.limits))
      known.fetched = performance.now()
    } catch (error) {
      if (!(error instanceof Unfetched)) throw error
    }
  }
}

/** Public RSA (2048 bits and more) and EC keys of a JWK Set; a set that holds a secret is refused as a whole. */
export function readKeySet(set: unknown): PublicKey[] {
  const keys = typeof set === 'object' && set !== null && 'keys' in set ? set.keys : undefined
  if (!Array.isArray(keys) || keys.length > 50) throw new Unfetched('it is no JWK Set')
  const all = keys.filter((key): key is PublicKey => typeof key === 'object' && key !== null)
  if (all.some((key) => key['d'] !== undefined || key['kty'] === 'oct'))
    throw new Unfetched('it holds secrets: publish the public keys alone')
  return all.filter(isFit)
}

function isFit({ kty, n, crv, alg, use }: PublicKey): boolean {
  if (use !== undefined && use !== 'sig') return false
  if (kty === 'RSA') return typeof n === 'string' && n.length >= 342 && (alg === undefined || alg === 'RS384')
  return kty === 'EC' && crv === 'P-384' && (alg === undefined || alg === 'ES384')
}
