import { FileStop } from '../../../mappers/issues.ts'
import { sql } from '../../db/sql.ts'
import { enqueue, finish, hold, isStopped, giveBack, type Job } from '../../jobs/queue.ts'
import type { Intake } from '../intake.ts'
import { active } from '../mappings.ts'
import { hasBytes, readMessages, type Message } from '../message.ts'
import { stateOf } from '../outcomes.ts'
import { checked, mapped } from './first-pass.ts'
import type { Run } from './item.ts'
import { ensureOrganization } from './organization.ts'
import { Pool } from './pool.ts'
import { runOf } from './process.ts'
import type { Stopping } from './stopped.ts'

/** Processes messages, or some of their records, again: through the active mapping, without making anything twice. */
export async function processReplays(intake: Intake, jobs: readonly Job[], stopping: Stopping): Promise<void> {
  for (const job of jobs) {
    const id = String(job.payload['message'])
    const message = (await readMessages(intake.house.db, [id])).get(id)
    if (stopping()) await giveBack(intake.house.db, [job])
    else if (!message || !(await hasBytes(intake.house.db, id))) await finish(intake.house.db, [job])
    else if (message.state === 'held') await anew(intake, message, job)
    else await again(intake, message, job, stopping)
  }
}

/** Of a message that was held nothing was written: it goes through everything once more. */
async function anew({ house }: Intake, message: Message, job: Job): Promise<void> {
  await house.db.transaction(async (tx) => {
    await hold(tx, [job])
    await tx.rows(sql`delete from record where message = ${message.id}`)
    await tx.rows(sql`
      update message set state = 'queued', total = 0, counts = '{}', issues = '[]' where id = ${message.id}`)
    await enqueue(tx, [{ kind: 'message', lane: message.lane, payload: { message: message.id } }])
    await finish(tx, [job])
  })
}

async function again(intake: Intake, message: Message, job: Job, stopping: Stopping): Promise<void> {
  const { db } = intake.house
  const now = await active(intake, message.facility)
  await ensureOrganization(intake, now.mapping.facility)
  const run = runOf(message, job, now, true)
  const wanted = numbersOf(job)
  const before = run.upTo
  const last = wanted ? Math.max(...wanted) : Infinity
  const pool = new Pool(intake, now.mapping.facility)
  const source = mapped(intake, run)
  run.found(() => (wanted ? message.issues : source.issues))
  let [total, stop] = [0, false]
  try {
    for await (const batch of source.records) {
      for (const record of batch) {
        total = Math.max(total, record.number)
        if (record.number <= before || (wanted && !wanted.has(record.number))) continue
        await pool.add(run, checked(intake, record))
      }
      stop = stopping() || (await isStopped(db, job))
      if (stop || total >= last) break
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    run.found(() => [...message.issues.filter(({ code }) => code !== error.issue.code), error.issue])
    stop = false
    total = run.total
  }
  if (stop) {
    await pool.close()
    return (await isStopped(db, job)) ? finish(db, [job]) : giveBack(db, [job])
  }
  await pool.close()
  if (!wanted) await settle(intake, run, total)
  pool.end(run)
  await pool.close()
}

function numbersOf({ payload }: Job): Set<number> | undefined {
  const { numbers } = payload
  return Array.isArray(numbers) ? new Set(numbers as number[]) : undefined
}

/** The mapping may find fewer records in the file than the one before did: what it no longer finds is no outcome. */
async function settle({ house }: Intake, run: Run, total: number): Promise<void> {
  if (total >= run.total) {
    run.total = total
    return
  }
  const gone = await house.db.rows<{ state: string; many: number }>(sql`
    with gone as (delete from record where message = ${run.message.id} and number > ${total} returning state, number, through)
    select state, sum(through - number + 1)::integer as many from gone group by state`)
  for (const { state, many } of gone) run.counts[stateOf(state)] = (run.counts[stateOf(state)] ?? 0) - many
  run.total = total
}
