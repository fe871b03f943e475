import { issue, type Issue } from '../../../mappers/issues.ts'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { sql } from '../../db/sql.ts'
import { finish, hold, type Job } from '../../jobs/queue.ts'
import type { Intake } from '../intake.ts'
import { active, versionOf, type Active } from '../mappings.ts'
import { readMessages, smallBytes, type Message } from '../message.ts'
import { PIECE } from '../chunks.ts'
import { insertOutcomes } from './commit.ts'
import { look, recordsAgain } from './first-pass.ts'
import { holdBack } from './hold.ts'
import type { Run } from './item.ts'
import { reusedControlIds, wholeDuplicates } from './known.ts'
import { ensureOrganization } from './organization.ts'
import { Pool } from './pool.ts'
import { Stopped, type Stopping } from './stopped.ts'

/** Processes messages of one lane, in order; their records are written together. */
export async function processMessages(intake: Intake, jobs: readonly Job[], stopping: Stopping): Promise<void> {
  const { db } = intake.house
  const ids = jobs.map(({ payload }) => String(payload['message']))
  const messages = await readMessages(db, ids)
  const [first] = messages.values()
  if (!first) return finish(db, jobs)
  const now = await active(intake, first.facility)
  await ensureOrganization(intake, now.mapping.facility)
  const [duplicates, reused] = [await wholeDuplicates(db, ids), await reusedControlIds(db, ids)]
  const pool = new Pool(intake, now.mapping.facility)
  const bytes = new Ahead(intake, [...messages.values()])
  try {
    for (const job of jobs) {
      if (stopping()) throw new Stopped()
      const message = messages.get(String(job.payload['message']))
      if (!message || message.state === 'done') {
        await finish(db, [job])
        continue
      }
      const run = runOf(message, job, await mappingOf(intake, message, job, now), false)
      const earlier = duplicates.get(message.id)
      // one that was begun beside its original, and left in its middle, goes on
      if (earlier !== undefined && run.upTo === 0 && (await copies(intake, run, earlier))) continue
      await through(intake, pool, run, { bytes: await bytes.of(message), reused: reused.has(message.id), stopping })
    }
  } catch (error) {
    await (error instanceof Stopped ? pool.close() : pool.quiet())
    throw error
  }
  await pool.close()
}

/** One that was begun goes on with the version it was begun with. */
async function mappingOf(intake: Intake, message: Message, { progress }: Job, now: Active): Promise<Active> {
  const version = progress['version']
  return typeof version === 'number' ? versionOf(intake, message.facility, version) : now
}

export function runOf(message: Message, job: Job, { version, mapping }: Active, replay: boolean): Run {
  const begun = replay || job.progress['upTo'] !== undefined
  const own: Issue[] = message.masked ? [issue('AADHAAR')] : []
  let found: () => readonly Issue[] = () => []
  return {
    message,
    job,
    mapping,
    version,
    replay,
    counts: begun ? { ...message.counts } : {},
    total: message.total,
    upTo: upToOf(job),
    issues: () => [...own, ...found()],
    found: (issues) => (found = issues),
  }
}

function upToOf(job: Job): number {
  const done = job.progress['upTo']
  return typeof done === 'number' ? done : 0
}

/** Milliseconds after which records rest for what is being written: PostgreSQL stands still until its answers are seen here. */
const BREATH = 1

interface Given {
  readonly bytes: Buffer | undefined
  /** Its control id was another message's. */
  readonly reused: boolean
  readonly stopping: Stopping
}

async function through(intake: Intake, pool: Pool, run: Run, { bytes, reused, stopping }: Given): Promise<void> {
  const looked = await look(intake, run, bytes, stopping)
  run.found(() => looked.issues)
  run.total = looked.total
  try {
    if (looked.stop) return await holdBack(intake, run, looked, looked.stop)
    if (!looked.whole) await begin(intake, run)
    let since = performance.now()
    for await (const batch of recordsAgain(intake, run, looked, bytes)) {
      for (const record of batch) {
        await pool.add(run, reused ? refusedAsReused(record) : record)
        if (performance.now() - since < BREATH) continue
        await pool.breath()
        since = performance.now()
      }
      if (!looked.whole && stopping()) throw new Stopped()
    }
  } finally {
    looked.shelf.clear()
  }
  pool.end(run)
}

/** A large message shows that it is under way, and how much there is to do. */
async function begin({ house }: Intake, { message, total, version }: Run): Promise<void> {
  await house.db.rows(sql`
    update message set state = 'working', total = ${total}, mapping = ${version} where id = ${message.id}`)
}

function refusedAsReused(record: MappedRecord): MappedRecord {
  if (record.state === 'ignored') return record
  return { ...record, state: 'quarantined', issues: [...record.issues, issue('MSG_ID_REUSED', { line: record.line })] }
}

/** The same bytes as a message of which everything was taken: nothing needs to be read again. */
async function copies(intake: Intake, { message, job, version }: Run, earlier: string): Promise<boolean> {
  const original = (await readMessages(intake.house.db, [earlier])).get(earlier)
  if (!original) return false
  const { total, counts, issues } = original
  const ignored = counts.ignored ?? 0
  const copied = { ...(total > ignored && { duplicate: total - ignored }), ...(ignored > 0 && { ignored }) }
  await intake.house.db.transaction(async (tx) => {
    await hold(tx, [job])
    const row = { message: message.id, line: 0, mapping: version, key: null, issues: null, made: [] }
    const runs = [
      { ...row, number: 1, through: total - ignored, state: 'd' as const },
      { ...row, number: total - ignored + 1, through: total, state: 'i' as const },
    ]
    await insertOutcomes(
      tx,
      runs.filter(({ number, through: end }) => end >= number),
    )
    await tx.rows(sql`
      update message
      set state = 'done', total = ${total}, counts = ${JSON.stringify(copied)}::jsonb,
          issues = ${JSON.stringify(issues)}::jsonb, mapping = ${version}, duplicate_of = ${earlier}
      where id = ${message.id}`)
    await finish(tx, [job])
  })
  intake.outcomes.count(message.facility, 'duplicate', total - ignored)
  return true
}

/** Reads the bytes of small messages some at a time, so that each does not wait for a round trip of its own. */
class Ahead {
  #read = new Map<string, Buffer>()

  constructor(
    private readonly intake: Intake,
    private readonly messages: readonly Message[],
  ) {}

  async of(message: Message): Promise<Buffer | undefined> {
    if (message.size > PIECE / 2) return undefined
    const known = this.#read.get(message.id)
    if (known) return known
    const next: string[] = []
    let size = 0
    for (const one of this.messages.slice(this.messages.indexOf(message))) {
      if (one.size > PIECE / 2) continue
      if ((size += one.size) > 4 * PIECE) break
      next.push(one.id)
    }
    this.#read = await smallBytes(this.intake.house.db, next)
    return this.#read.get(message.id)
  }
}
