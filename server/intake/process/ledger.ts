import type { Queryable } from '../../db/database.ts'
import { finish, hold, LeaseLost } from '../../jobs/queue.ts'
import type { Intake } from '../intake.ts'
import {
  anyParked,
  fresh,
  insertOutcomes,
  replaced,
  wakeParked,
  writeKeys,
  writeParked,
  writeProgress,
  writeUnmapped,
  type Counted,
  type Outcome,
} from './commit.ts'
import type { Done } from './flush.ts'
import type { Run } from './item.ts'

/**
 * Writes what became of the records of a batch into the transaction that writes them, with the counts of their messages;
 * `ended` are the messages that are through with it. Whoever lost the lease meanwhile writes nothing.
 */
export class Ledger {
  #counted: readonly Counted[] = []
  #done: readonly Done[] = []

  constructor(
    private readonly intake: Intake,
    private readonly ended: readonly Run[],
  ) {}

  /** Run again when the transaction is. */
  async keep(tx: Queryable, done: readonly Done[]): Promise<void> {
    const { intake, ended } = this
    const byRun = new Map<Run, Done[]>(ended.map((run) => [run, []]))
    for (const one of done) {
      const there = byRun.get(one.item.run)
      if (there) there.push(one)
      else byRun.set(one.item.run, [one])
    }
    const lists: Counted[] = []
    const outcomes: Outcome[] = []
    for (const [run, part] of byRun) {
      const { counts, outcomes: own } = run.replay && part.length > 0 ? await replaced(tx, run, part) : fresh(run, part)
      lists.push({ run, upTo: part.at(-1)?.item.record.number ?? run.upTo, counts })
      for (const one of own) outcomes.push(one)
    }
    // All sent together, in this order: while records pour in, each answer waited for is a pause of some milliseconds.
    const writing = Promise.all([
      ended.length === 0 && hurry(tx),
      holdRuns(tx, [...byRun.keys()]),
      insertOutcomes(tx, outcomes),
      writeKeys(tx, done),
      writeParked(tx, done),
      writeUnmapped(tx, done),
      writeProgress(tx, lists, new Set(ended)),
      finish(
        tx,
        ended.map(({ job }) => job),
      ),
    ])
    const [somebodyWaits] = await Promise.all([anyParked(tx, done), writing])
    if (somebodyWaits) await wakeParked(tx, intake, done)
    ;[this.#counted, this.#done] = [lists, done]
  }

  /** It is committed. */
  settled(): void {
    for (const { run, counts, upTo } of this.#counted) {
      Object.assign(clear(run.counts), counts)
      run.upTo = upTo
    }
    for (const { item, state } of this.#done) this.intake.outcomes.count(item.run.message.facility, state, 1)
  }
}

/**
 * The commit does not wait for the disk. Nobody was told anything of this batch: the bytes were on the disk before they
 * were acknowledged, and that a message is done is told by the last batch, which waits; WAL is written in order, so all
 * before it is on the disk then. A PostgreSQL that crashes takes along what it had not written: resources, outcomes and
 * progress alike, for they are one transaction, and from the progress left they are made again, the same (holdRuns).
 */
async function hurry(tx: Queryable): Promise<void> {
  await tx.prepared('hurry', HURRY, [])
}

const HURRY = `select set_config('synchronous_commit', 'off', true)`

/** Also makes sure that what this process has written of these messages is still there: PostgreSQL may have crashed. */
async function holdRuns(tx: Queryable, runs: readonly Run[]): Promise<void> {
  const progress = await hold(
    tx,
    runs.map(({ job }) => job),
  )
  if (runs.some(({ job, upTo }) => (progress.get(job.seq)?.['upTo'] ?? 0) !== upTo)) throw new LeaseLost()
}

function clear<T extends object>(object: T): T {
  for (const key of Object.keys(object)) delete (object as Record<string, unknown>)[key]
  return object
}
