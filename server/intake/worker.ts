import { setTimeout as sleep } from 'node:timers/promises'
import { issue } from '../../mappers/issues.ts'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { ATTEMPTS, claim, fail, giveBack, heartbeat, LeaseLost, type Job } from '../jobs/queue.ts'
import { FhirError } from '../errors.ts'
import { pressing } from './giving-way.ts'
import type { Intake } from './intake.ts'
import { processMessages } from './process/process.ts'
import { Stopped, type Stopping } from './process/stopped.ts'
import { processReplays } from './process/replay.ts'

/** How each kind of job is done: by whom it was claimed, several of one kind and lane at once. */
export type Kinds = Readonly<
  Record<string, (intake: Intake, jobs: readonly Job[], stopping: Stopping) => Promise<void>>
>

const processing: Kinds = { message: processMessages, replay: processReplays }

/** Jobs of a lane that are claimed together: their records share transactions. */
const TOGETHER = 200

/** Milliseconds between two looks when nobody wakes the workers: another process may have put work in. */
const IDLE = 500

/** … and between any two looks: many small messages are cheaper together. */
const GATHER = 20

export interface Workers {
  /** Looks for work at once. */
  wake(): void
  /** Resolves when the work at hand is written; the rest is given back. */
  stop(): Promise<void>
}

/** So many lanes are worked on side by side in this process; jobs of other kinds are left to others. */
export function startWorkers(intake: Intake, lanes: number, kinds = processing): Workers {
  const bell = new Bell()
  let stopped = false
  const stopping = () => stopped
  const work = Array.from({ length: lanes }, () => loop(intake, kinds, bell, stopping))
  return {
    wake: () => bell.ring(),
    async stop() {
      stopped = true
      bell.ring()
      await Promise.all(work)
    },
  }
}

async function loop(intake: Intake, kinds: Kinds, bell: Bell, stopping: Stopping): Promise<void> {
  while (!stopping()) {
    try {
      const done = await step(intake, kinds, stopping)
      if (done === 0) await bell.wait(IDLE)
      if (done < TOGETHER / 2 && !stopping()) await sleep(GATHER)
    } catch (error) {
      intake.house.log.warn({ error: nameOf(error) }, 'the workers could not look for work')
      await sleep(IDLE)
    }
  }
}

/** Does the jobs of one lane; answers how many. */
async function step(intake: Intake, kinds: Kinds, stopping: Stopping): Promise<number> {
  const { db, log } = intake.house
  const { lease } = intake.limits
  const jobs = await claim(db, TOGETHER, lease, Object.keys(kinds))
  if (!jobs) return 0
  // A beat that fails is no matter: the lease lasts for some more.
  const timer = setInterval(() => void heartbeat(db, jobs, lease).catch(() => undefined), lease * 250)
  const [first] = jobs
  try {
    const run = kinds[first?.kind ?? '']
    if (!run) throw new Error('no such kind of job')
    await pressing(intake, () => run(intake, jobs, stopping))
  } catch (error) {
    if (error instanceof Stopped) await giveBack(db, jobs)
    else if (error instanceof LeaseLost) log.warn({ kind: first?.kind }, 'a lease was lost')
    else {
      log.warn(
        { kind: first?.kind, attempts: first?.attempts, error: nameOf(error), stack: stackOf(error) },
        'jobs failed',
      )
      await failed(intake, jobs, error)
    }
  } finally {
    clearInterval(timer)
  }
  return jobs.length
}

/** The first one is to blame until it is tried alone; the others are given back. */
async function failed({ house }: Intake, jobs: readonly Job[], error: unknown): Promise<void> {
  const [first, ...others] = jobs
  await giveBack(house.db, others)
  if (!first) return
  await fail(house.db, [first], nameOf(error))
  if (first.kind === 'message' && first.attempts >= ATTEMPTS)
    await holdForUs(house.db, String(first.payload['message']))
}

/** We failed on it again and again: it is kept and says so, and can be replayed when we have mended ourselves. */
async function holdForUs(db: Queryable, message: string): Promise<void> {
  const detail =
    'The server failed on it: this is our fault. It is kept; replay it when the administrator has seen to it.'
  const issues = JSON.stringify([issue('FILE_FORMAT', { detail })])
  await db.rows(sql`
    update message set state = 'held', issues = issues || ${issues}::jsonb where id = ${message} and state <> 'done'`)
}

/** What may be logged: of a FhirError and of what PostgreSQL said (db/failure.ts) also the message, for they quote no value. */
function nameOf(error: unknown): string {
  if (error instanceof FhirError) return [error.refusal, error.message, causeOf(error)].filter(Boolean).join(': ')
  return error instanceof Error ? error.name : typeof error
}

function causeOf({ cause }: FhirError): string {
  return cause instanceof Error && cause.constructor.name === 'StatementFailure' ? cause.message : ''
}

/** Without the message: those of libraries quote what they choked on. */
function stackOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}

class Bell {
  readonly #waiting = new Set<() => void>()

  ring(): void {
    for (const wake of this.#waiting) wake()
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, milliseconds)
      this.#waiting.add(wake)
    })
  }
}
