import cron from 'node-cron'
import type { Database, Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Log } from '../log.ts'

/** A row of the clock: what runs when. Of all processes on a database, one runs it. */
export interface Tick {
  readonly name: string
  /** A cron expression, in Asia/Kolkata. */
  readonly schedule: string
  run(tx: Queryable): Promise<void>
}

export interface Clock {
  /** No new ticks, and the running ones have ended. */
  stop(): Promise<void>
}

export function startClock(db: Database, ticks: readonly Tick[], log: Log): Clock {
  const running = new Set<Promise<void>>()
  const tasks = ticks.map((tick) =>
    cron.schedule(
      tick.schedule,
      async () => {
        const turn = runAlone(db, tick, log)
        running.add(turn)
        await turn
        running.delete(turn)
      },
      { name: tick.name, timezone: 'Asia/Kolkata', noOverlap: true },
    ),
  )
  return {
    async stop() {
      for (const task of tasks) await task.destroy()
      await Promise.all(running)
    },
  }
}

/** Runs a tick unless another process is at it; a failure is logged, and the next turn tries again. */
export async function runAlone(db: Database, tick: Tick, log: Log): Promise<void> {
  const started = performance.now()
  try {
    await db.transaction(async (tx) => {
      const [lock] = await tx.rows<{ held: boolean }>(sql`
        select pg_try_advisory_xact_lock(hashtextextended(${`clock ${tick.name}`}, 0)) as held,
               set_config('statement_timeout', '0', true)`)
      if (lock?.held) await tick.run(tx)
    })
    log.debug({ tick: tick.name, seconds: (performance.now() - started) / 1000 }, 'clock')
  } catch (error) {
    log.warn(
      { tick: tick.name, error: error instanceof Error ? error.message : typeof error },
      'a tick of the clock failed',
    )
  }
}
