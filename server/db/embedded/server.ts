import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { claim, type Claim } from './claim.ts'
import { ensureCluster } from './cluster.ts'
import { withStartLock } from './lock.ts'
import { findPostmaster, startPostmaster, stopPostmaster, type Place } from './postmaster.ts'
import { watch } from './watchdog.ts'

/** A postmaster that belongs to this process, from up() to stop(). */
export class Server {
  pid = 0
  #stopping = false
  #claim: Claim | null = null
  #dismiss: () => void = () => undefined

  constructor(
    private readonly place: Place,
    private readonly say: (message: string) => void,
  ) {}

  /** The claim is taken before the lock is let go: whoever comes next finds the server owned. */
  async up(): Promise<void> {
    await this.#locked(async () => {
      await ensureCluster(this.place.data, this.place.binaries, this.place.account)
      await this.#start()
    })
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#claim?.release()
    const { data, socketDir } = this.place
    await stopPostmaster(this.pid, data)
    this.#dismiss()
    if (socketDir !== data) await rm(socketDir, { recursive: true, force: true })
  }

  /** A postmaster whose claim nobody holds lost its parent: it is stopped. A claimed one belongs to a living server. */
  async #reap(): Promise<void> {
    const { data, socketDir } = this.place
    const orphan = await findPostmaster(data)
    const claimed = await claim(
      orphan?.socketDir ?? socketDir,
      () => undefined,
      () => this.#isThere(),
    )
    await claimed?.release()
    if (!orphan && claimed)
      throw new Error(`A PostgreSQL of another container or machine works on ${data}: stop it first.`)
    if (!orphan) return
    if (claimed) this.say('Stopping a PostgreSQL that an earlier process left behind.')
    await stopPostmaster(orphan.pid, data)
  }

  async #start(): Promise<void> {
    this.#dismiss()
    const deadline = Date.now() + 60_000
    for (;;) {
      await this.#reap()
      const child = await startPostmaster(this.place)
      if (child) {
        this.pid = child.pid ?? 0
        this.#dismiss = watch(this.pid, this.place.data)
        return this.#hold()
      }
      if (Date.now() > deadline) throw new Error(`An earlier PostgreSQL does not let go of ${this.place.data}.`)
      await sleep(100)
    }
  }

  async #hold(): Promise<void> {
    this.#claim = await claim(
      this.place.socketDir,
      () => void this.#recover(),
      () => this.#isThere(),
    )
    if (!this.#claim) throw new Error('PostgreSQL ended while it was starting.')
  }

  /** After a killed backend PostgreSQL restarts by itself, but the claim is gone; a killed postmaster is started again. */
  async #recover(): Promise<void> {
    while (!this.#stopping) {
      this.say('The connection to the embedded PostgreSQL broke: bringing it back.')
      try {
        return await this.#locked(async () => {
          if (this.#stopping) return
          const running = await findPostmaster(this.place.data)
          await (running?.pid === this.pid ? this.#hold() : this.#start())
        })
      } catch (error) {
        this.say(`The embedded PostgreSQL did not come back: ${error instanceof Error ? error.message : 'unknown'}`)
        await sleep(1000, undefined, { ref: false })
      }
    }
  }

  async #isThere(): Promise<boolean> {
    return (await findPostmaster(this.place.data)) !== null
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withStartLock(`${this.place.data}.lock`, work)
  }
}
