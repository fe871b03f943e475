import type { Queryable } from '../../db/database.ts'
import { keepOpened, openedOf, type FirstLogin } from '../../store/first-opening.ts'
import { membersOf } from '../../store/people.ts'
import type { Row } from '../../store/types.ts'
import { mobilesOf, notify } from '../break-glass/notify.ts'
import { sourcesOf } from './sources.ts'

/**
 * Whoever has a code sent to a mobile is the patient of whom some facility wrote it down, and sees what linking holds to be
 * that person's, at every facility. A number that one facility has and others have not is a new telephone, or an
 * impostor's. So where a person is known by several mobiles, the first time that a login reads a record is told to them
 * all, those of each facility, for a facility can crowd out its own alone.
 */
export async function tellLogin(tx: Queryable, { who, patient }: FirstLogin, now: number): Promise<boolean> {
  const by = `patient/${who}`
  const members = await membersOf(tx, patient)
  const rows = await sourcesOf(tx, members)
  const known = await openedOf(tx, by, members)
  await keepOpened(tx, by, members, now)
  if (rows.every(({ rid }) => known.has(rid)) || mobilesOf(rows).length < 2) return false
  await notify(tx, byFacility(rows), { template: 'first-login', now })
  return true
}

function byFacility(rows: readonly Row[]): Row[][] {
  const facilities = new Set(rows.map(({ facility }) => facility))
  return [...facilities].map((facility) => rows.filter((row) => row.facility === facility))
}
