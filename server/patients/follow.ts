import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import type { House } from '../interactions/house.ts'
import { changesSince, edges } from '../store/changes.ts'
import { comparePairs } from './compare.ts'
import { fingerprint } from './in-force.ts'
import { LARGEST, type Matching } from './matching.ts'
import { observe } from './observe.ts'
import { Rest, unhurried, type Pace } from './pace.ts'
import { recluster } from './recluster.ts'
import { beginAnew, relinkStep } from './relink.ts'
import { holdState, readState, weightsFor, writeState, type State } from './store/state.ts'

/** Versions taken up in one transaction. */
const BATCH = 500

/** … by the follower: some tenths of a second, so that it can give way in between. */
const STEP = 100

/** Milliseconds between two looks at the change log when nobody rings. */
const IDLE = 300

/** So many transactions without a Patient may be looked through again and again; then the cursor moves behind them. */
const SKIPPED = 1000n

export interface FollowOptions {
  readonly batch?: number
  readonly largest?: number
}

export type Step = 'more' | 'done' | 'busy'

export interface Following {
  /** Looks at once. */
  wake(): void
  /** Resolves when the batch at hand is written. */
  stop(): Promise<void>
}

/** Links the Patients as they are written, in this process or another: of all that follow one database, one at a time does. */
export function startFollowing(house: House, pace: Pace = unhurried): Following {
  let [stopped, wake] = [false, () => undefined as void]
  const rest = new Rest(pace)
  const loop = async () => {
    while (!stopped) {
      await rest.over(() => stopped)
      if (stopped) return
      const step = await rest
        .after(() => linkNext(house, { batch: STEP }))
        .catch((error: unknown) => failed(house, error))
      if (step === 'more' || stopped) continue
      rest.caughtUp()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, step === 'failed' ? 10 * IDLE : IDLE)
        wake = () => (clearTimeout(timer), resolve())
      })
    }
  }
  const done = loop()
  return {
    wake: () => wake(),
    async stop() {
      stopped = true
      wake()
      await done
    },
  }
}

function failed({ log }: House, error: unknown): 'failed' {
  const message = error instanceof FhirError ? `${error.refusal}: ${error.message}` : undefined
  const stack = error instanceof Error ? error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined
  log.warn({ error: message ?? (error instanceof Error ? error.name : typeof error), stack }, 'linking failed')
  return 'failed'
}

/** One batch, in one transaction with the cursor: after a crash it is done again from the start, with the same end. */
export async function linkNext(house: House, options: FollowOptions = {}): Promise<Step> {
  if (await isIdle(house)) return 'done'
  return house.db.transaction(async (tx) => {
    const state = await holdState(tx, 'skip')
    if (!state) return 'busy'
    if (state.fingerprint !== fingerprint) return again(house, tx, state)
    if (state.phase !== 'follow') return relinkStep(matchingOf(house, state, options), tx, state)
    const { rids, next, last } = await changesSince(tx, 'Patient', state.cursor, options.batch ?? BATCH)
    await linkRecords(matchingOf(house, state, options), tx, rids)
    await writeState(tx, { ...state, cursor: next })
    return last ? 'done' : 'more'
  })
}

/** Everything that is committed by now, for commands and tests: waits for older transactions, those of other databases too. */
export async function linkAll(house: House, options: FollowOptions = {}): Promise<void> {
  const { end } = await edges(house.db)
  for (;;) {
    const { begin } = await edges(house.db)
    const step = await linkNext(house, options)
    if (step === 'done' && begin >= end) return
    if (step !== 'more') await sleep(10)
  }
}

/** Most looks find nothing: they lock and write nothing. */
async function isIdle({ db }: House): Promise<boolean> {
  const state = await readState(db)
  if (!state || state.phase !== 'follow' || state.fingerprint !== fingerprint) return false
  const { rids, next } = await changesSince(db, 'Patient', state.cursor, 1)
  return rids.length === 0 && BigInt(next.tx) - BigInt(state.cursor.tx) < SKIPPED
}

async function again({ log }: House, tx: Queryable, state: State): Promise<Step> {
  log.info('the matching weights or rules are others than before: everybody is linked anew')
  await writeState(tx, await beginAnew(tx, state))
  return 'more'
}

export function matchingOf(house: House, state: State, { largest = LARGEST }: FollowOptions = {}): Matching {
  return { house, weights: weightsFor(state), largest }
}

/** Whatever became of these Patients: their pairs, clusters and golden Patients are right afterwards. */
export async function linkRecords(matching: Matching, tx: Queryable, rids: readonly bigint[]): Promise<void> {
  if (rids.length === 0) return
  const observed = await observe(tx, rids)
  const touched = await comparePairs(matching, tx, observed)
  const orphaned = [...observed.orphaned, ...observed.deleted.flatMap(({ golden }) => golden ?? [])]
  await recluster(matching, tx, { touched, orphaned: [...new Set(orphaned)] })
}
