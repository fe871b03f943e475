import { randomUUID } from 'node:crypto'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'

/** Durable work. Jobs of one lane run one after the other, in the order they were put in; lanes run side by side. */
export interface Job {
  readonly seq: bigint
  readonly kind: string
  readonly lane: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly progress: Readonly<Record<string, unknown>>
  /** With this one. */
  readonly attempts: number
  /** Whoever holds it may write what it found (`advance`, `finish`); after the lease is lost it may not. */
  readonly lease: string
}

export interface NewJob {
  readonly kind: string
  readonly lane: string
  readonly payload: Readonly<Record<string, unknown>>
  /** While a job of this key waits, another one is not put in. */
  readonly key?: string
  readonly runAt?: Date
}

/** The job is somebody else's by now: this process was too slow, and nothing it still holds may be written. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease of a job was lost')
  }
}

/** Tries after which a job is dead: it stays, visible, and blocks nobody. */
export const ATTEMPTS = 8

/** How many seconds a job is a worker's own without a heartbeat. */
export const LEASE = 12

export async function enqueue(db: Queryable, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return
  await db.rows(sql`
    insert into job (kind, lane, payload, key, run_at)
    select j->>'kind', j->>'lane', j->'payload', j->>'key', coalesce((j->>'runAt')::timestamptz, now())
    from jsonb_array_elements(${JSON.stringify(jobs)}::jsonb) with ordinality as t(j, place)
    order by place
    on conflict (key) do nothing`)
}

/**
 * The first jobs of one free lane, at most `most`, all of one kind: undefined when nothing is to be done. A lane is free
 * when its first job is due and nobody holds it. One that failed or was left behind by a killed process comes alone, so
 * that a message that kills takes no others with it. Only lanes whose first job is of one of `kinds` are looked at.
 */
export async function claim(
  db: Queryable,
  most: number,
  seconds = LEASE,
  kinds?: readonly string[],
): Promise<Job[] | undefined> {
  const lease = randomUUID()
  const wanted = kinds ? sql`and j.kind = any (${kinds}::text[])` : sql``
  const rows = await db.rows<Job>(sql`
    with recursive heads as (
      (select lane, seq from job where not dead order by lane, seq limit 1)
      union all
      select n.lane, n.seq
      from heads h cross join lateral (
        select lane, seq from job where not dead and lane > h.lane order by lane, seq limit 1
      ) n
    ),
    head as (
      select j.seq, j.lane, j.kind, j.attempts from heads h join job j on j.seq = h.seq
      where not j.dead and j.run_at <= now() and (j.leased is null or j.leased < now()) ${wanted}
      order by j.run_at limit 1
      for update of j skip locked
    ),
    taken as (
      select j.seq from head h join job j on j.lane = h.lane and j.kind = h.kind and not j.dead and j.seq >= h.seq
      where j.seq = h.seq or (
        h.attempts = 0 and j.attempts = 0 and j.run_at <= now()
        and not exists (
          select from job o where o.lane = h.lane and not o.dead and o.kind <> h.kind and o.seq between h.seq and j.seq
        )
      )
      order by j.seq limit ${most}
    )
    update job j
    set lease = ${lease}, leased = now() + make_interval(secs => ${seconds}), attempts = j.attempts + 1
    from taken t where j.seq = t.seq
    returning j.seq, j.kind, j.lane, j.payload, j.progress, j.attempts, j.lease`)
  return rows.length === 0 ? undefined : rows.toSorted((a, b) => Number(a.seq - b.seq))
}

/** Keeps the leases. */
export async function heartbeat(db: Queryable, jobs: readonly Job[], seconds = LEASE): Promise<void> {
  if (jobs.length === 0) return
  await db.rows(sql`
    update job set leased = now() + make_interval(secs => ${seconds})
    where seq = any (${seqs(jobs)}::bigint[]) and lease = any (${jobs.map((job) => job.lease)}::uuid[])`)
}

/**
 * Inside the transaction that writes what jobs came to: makes sure that they are still this worker's, and that nobody
 * else takes them before the commit. Answers how far each of them came.
 */
export async function hold(tx: Queryable, jobs: readonly Job[]): Promise<ReadonlyMap<bigint, Job['progress']>> {
  const leases = jobs.map((job) => job.lease)
  const rows = await tx.prepared<Pick<Job, 'seq' | 'progress'>>('hold_jobs', HOLD, [seqs(jobs), leases])
  if (rows.length !== jobs.length) throw new LeaseLost()
  return new Map(rows.map(({ seq, progress }) => [seq, progress]))
}

const HOLD = `
  select seq, progress from job where seq = any ($1::bigint[]) and lease = any ($2::uuid[]) order by seq for update`

/** How far a job came, for whoever takes it up after us. Held in the same transaction. */
export async function advance(tx: Queryable, job: Job, progress: object): Promise<void> {
  await tx.rows(sql`update job set progress = ${JSON.stringify(progress)}::jsonb where seq = ${job.seq}`)
}

export async function finish(tx: Queryable, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return
  await tx.rows(sql`
    delete from job
    where seq = any (${seqs(jobs)}::bigint[]) and lease = any (${jobs.map((job) => job.lease)}::uuid[])`)
}

/** Not done: tried again later, after twice the time each time, until it is dead. */
export async function fail(db: Queryable, jobs: readonly Job[], error: string): Promise<void> {
  await db.rows(sql`
    update job
    set lease = null, leased = null, error = ${error.slice(0, 500)}, dead = attempts >= ${ATTEMPTS},
        run_at = now() + least(interval '5 minutes', make_interval(secs => 0.25 * power(2, attempts)))
    where seq = any (${seqs(jobs)}::bigint[]) and lease = any (${jobs.map((job) => job.lease)}::uuid[])`)
}

/** Given back untouched, at a stop: the try does not count. */
export async function giveBack(db: Queryable, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return
  await db.rows(sql`
    update job set lease = null, leased = null, attempts = attempts - 1
    where seq = any (${seqs(jobs)}::bigint[]) and lease = any (${jobs.map((job) => job.lease)}::uuid[])`)
}

/** Asks whoever runs it to stop; one that nobody runs is taken out at its turn. Answers how many there were. */
export async function stopJobs(db: Queryable, keys: readonly string[]): Promise<number> {
  const rows = await db.rows(sql`update job set stop = true where key = any (${keys}::text[]) returning seq`)
  return rows.length
}

export async function isStopped(db: Queryable, job: Job): Promise<boolean> {
  const [row] = await db.rows<{ stop: boolean }>(sql`select stop from job where seq = ${job.seq}`)
  return row?.stop ?? true
}

/** The dead get another life. */
export async function revive(db: Queryable, lane: string): Promise<number> {
  const rows = await db.rows(sql`
    update job set dead = false, attempts = 0, run_at = now() where dead and lane = ${lane} returning seq`)
  return rows.length
}

export interface QueueState {
  readonly waiting: number
  readonly running: number
  readonly dead: number
}

export async function queueState(db: Queryable): Promise<QueueState> {
  const [row] = await db.rows<QueueState>(sql`
    select count(*) filter (where not dead and (leased is null or leased < now()))::integer as waiting,
           count(*) filter (where not dead and leased >= now())::integer as running,
           count(*) filter (where dead)::integer as dead
    from job`)
  return row ?? { waiting: 0, running: 0, dead: 0 }
}

function seqs(jobs: readonly Job[]): string[] {
  return jobs.map((job) => job.seq.toString())
}
