import { setTimeout as sleep } from 'node:timers/promises'
import { raw } from '../../server/db/sql.ts'
import { tellFirstOpenings } from '../../server/operations/first-opening.ts'
import type { Door } from './door.ts'

/** What the audit so far leads to: the messages since the last time, `first-opening 9826044000`. */
export async function toldSince({ house: { db, journal } }: Door): Promise<string[]> {
  const settled = async () =>
    (await db.rows<{ done: boolean }>(raw(`select coalesce(pg_snapshot_xmin(pg_current_snapshot()) > max(tx), true) as done from audit`)))[0]?.done // prettier-ignore
  await journal.drain()
  while (!(await settled())) await sleep(5)
  await db.transaction((tx) => tellFirstOpenings(tx))
  const rows = await db.rows<{ mobile: string; template: string }>(raw('delete from sms returning mobile, template'))
  return rows.map(({ mobile, template }) => `${template} ${mobile}`).sort()
}
