import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { enqueue } from '../jobs/queue.ts'
import type { Tick } from '../jobs/clock.ts'
import { lowestId } from './ids.ts'
import type { Intake } from './intake.ts'
import { dropPartitions, ensurePartitions } from './partitions.ts'
import { replayOf } from './replay-job.ts'

/** What the clock does for the intake. */
export function intakeTicks(intake: Intake): Tick[] {
  return [
    { name: 'retry what waits', schedule: '*/10 * * * *', run: (tx) => retryParked(tx, intake) },
    { name: 'prune the inbox', schedule: '17 3 * * *', run: (tx) => prune(tx, intake) },
    { name: 'partitions of the inbox', schedule: '7 * * * *', run: () => ensurePartitions(intake.house.db) },
  ]
}

/** Replayed at once: so many records. */
const MOST = 5000

/** Records whose missing resource came by another way, and those that have waited long enough, get their turn. */
export async function retryParked(tx: Queryable, intake: Intake): Promise<void> {
  const rows = await tx.rows<{ facility: string; message: string; number: number }>(sql`
    select distinct p.facility, p.message, p.number from parked p
    where p.since < now() - make_interval(secs => ${intake.limits.parked / 1000})
       or exists (select from resource r where r.rid = p.need)
    order by p.message, p.number limit ${MOST}`)
  for (const facility of new Set(rows.map((row) => row.facility))) {
    await enqueue(
      tx,
      replayOf(
        facility,
        rows.filter((row) => row.facility === facility),
        'it has waited',
      ),
    )
  }
  intake.wake()
}

/** Bytes and outcomes of old messages go, and their storage with them; what was accepted under a key is remembered. */
export async function prune(tx: Queryable, { house, limits }: Intake): Promise<void> {
  const before = Date.now() - limits.days * 86_400_000
  const dropped = await dropPartitions(tx, before)
  await tx.rows(sql`delete from unmapped_record where message < ${lowestId(before)}`)
  await tx.rows(sql`delete from parked where message < ${lowestId(before)}`)
  // Parts whose message was never committed: their upload broke off.
  await tx.rows(sql`
    delete from message_part p
    where p.message < ${lowestId(Date.now() - 86_400_000)} and p.message >= ${lowestId(Date.now() - 3 * 86_400_000)}
      and not exists (select from message m where m.id = p.message)`)
  if (dropped.length > 0) house.log.info({ dropped: dropped.length }, 'old messages were pruned')
}
