import type { Bundle } from '@medplum/fhirtypes'
import { Random } from '../../fixtures/city/random.ts'
import { creation, pairUpdate, type Pair, type Sent } from './ledger.ts'

/** Clients that write without a pause until they are told to stop; every answer goes into the books. */
export class Writers {
  readonly sent: Sent[] = []
  readonly pairs: Pair[] = []
  #base = ''
  #running: Promise<unknown> = Promise.resolve()
  #stop = new AbortController()

  constructor(
    private readonly seed: string,
    clients: number,
  ) {
    for (let i = 0; i < clients; i++) this.pairs.push({ client: `soak-${i}`, acknowledged: 0, tried: 0 })
  }

  begin(base: string, cycle: number): void {
    this.#base = base
    this.#stop = new AbortController()
    this.#running = Promise.all(this.pairs.map((pair) => this.#write(pair, cycle)))
  }

  /** Lets what is under way end, by an answer or by the death of the server. */
  async end(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #write(pair: Pair, cycle: number): Promise<void> {
    const random = new Random(this.seed, cycle, pair.client)
    for (let i = 0; !this.#stop.signal.aborted; i++) {
      if (random.chance(0.3)) await this.#update(pair)
      else await this.#create(`${cycle}-${pair.client}-${i}`, random.int(1, random.chance(0.1) ? 300 : 30))
    }
  }

  async #create(marker: string, observations: number): Promise<void> {
    const sent: Sent = { marker, bundle: creation(marker, observations) }
    this.sent.push(sent)
    const answer = await this.#push(sent.bundle)
    const addresses = answer?.entry?.map(
      ({ response }) => /[A-Z]\w+\/[^/]+(?=\/_history)/.exec(response?.location ?? '')?.[0] ?? '',
    )
    if (addresses) sent.acknowledged = addresses
  }

  async #update(pair: Pair): Promise<void> {
    const n = ++pair.tried
    if (await this.#push(pairUpdate(pair.client, n))) pair.acknowledged = n
  }

  /** The answer to an acknowledged transaction; undefined when there was none, or a refusal. */
  async #push(bundle: Bundle): Promise<Bundle | undefined> {
    try {
      const headers = { 'content-type': 'application/fhir+json' }
      const response = await fetch(this.#base, {
        method: 'POST',
        headers,
        body: JSON.stringify(bundle),
        signal: AbortSignal.timeout(60_000),
      })
      const answer = (await response.json()) as Bundle
      return response.status === 200 ? answer : undefined
    } catch {
      return undefined
    }
  }
}
