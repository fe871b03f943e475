import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { enqueue, stopJobs } from '../jobs/queue.ts'
import type { Intake } from './intake.ts'
import { findMessage, hasBytes, type Message } from './message.ts'
import { replayAll, replayOf } from './replay-job.ts'

/** Messages that one request may have processed again. */
const MOST = 10_000

/** Has a message processed again, or some of its records. */
export async function replayMessage(intake: Intake, message: Message, numbers?: readonly number[]): Promise<void> {
  const { id, lane } = message
  if (!(await hasBytes(intake.house.db, id)))
    throw new FhirError('gone', [
      { message: 'The bytes of the message are no longer kept.', hint: 'Send the file again.' },
    ])
  const jobs = numbers
    ? replayOf(
        lane,
        numbers.map((number) => ({ message: id, number })),
        'asked for',
      )
    : [replayAll(lane, id, 'asked for')]
  await enqueue(intake.house.db, jobs)
  intake.wake()
}

/** Has what a facility sent between two moments processed again, in the order it came. Answers how many messages. */
export async function replayRange(intake: Intake, facility: string, from: Date, to: Date): Promise<number> {
  const many = await intake.house.db.transaction(async (tx) => {
    const rows = await messagesBetween(tx, facility, from, to, MOST + 1)
    if (rows.length > MOST)
      throw new FhirError('too-costly', `These are more than ${MOST} messages: replay a shorter time at once.`)
    await enqueue(
      tx,
      rows.map(({ id, lane }) => replayAll(lane, id, 'asked for')),
    )
    return rows.length
  })
  intake.wake()
  return many
}

/** Takes replays of whole messages back: those under way stop at the end of their batch. Answers how many. */
export async function stopReplays(intake: Intake, facility: string, message?: string): Promise<number> {
  const { db } = intake.house
  if (message !== undefined) return stopJobs(db, [`replay ${message}`])
  const rows = await db.rows<{ key: string }>(sql`
    select j.key from job j where j.kind = 'replay' and j.lane = ${facility} and j.key is not null`)
  return stopJobs(
    db,
    rows.map(({ key }) => key),
  )
}

/** Lets a message through that was held because too many of its rows were refused. */
export async function release(intake: Intake, facility: string, id: string): Promise<void> {
  const message = await findMessage(intake.house.db, facility, id)
  if (message.state !== 'held')
    throw new FhirError('conflict', [
      { message: 'The message is not held.', hint: 'Only what is held can be released.' },
    ])
  await intake.house.db.transaction(async (tx) => {
    await tx.rows(sql`update message set released = true where id = ${id}`)
    await enqueue(tx, [replayAll(message.lane, id, 'released')])
  })
  intake.wake()
}

export async function messagesBetween(
  db: Queryable,
  facility: string,
  from: Date,
  to: Date,
  limit: number,
): Promise<{ id: string; lane: string }[]> {
  return db.rows<{ id: string; lane: string }>(sql`
    select id, lane from message
    where facility = ${facility} and arrived >= ${from} and arrived < ${to} order by id limit ${limit}`)
}
