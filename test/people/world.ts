import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../server/db/open.ts'
import { sql } from '../../server/db/sql.ts'
import { buildHouse } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { makeLog } from '../../server/log.ts'
import { makePeople, type People, type PeopleOptions } from '../../server/people/people.ts'
import { readOutbox } from '../../server/people/sms/outbox.ts'
import { addStaff, choosePassword, staffByUsername, type Assignment } from '../../server/people/staff/staff.ts'
import { CHEAP } from '../harness/cheap.ts'
import { testDatabase } from '../harness.ts'

export { CHEAP }

export const SECRET = 'only-for-tests-only-for-tests'

export interface Clock {
  now: number
}

/** People on a fresh database, with a clock that tests turn. */
export async function openWorld(options: Partial<PeopleOptions> = {}) {
  const database = await testDatabase()
  const { db, connection } = database
  const config = readConfig({ PORT: '0', DATA_DIR: join(tmpdir(), 'parchi-test') })
  const house = await buildHouse(config, db, makeLog('silent'))
  const clock: Clock = { now: Date.parse('2026-11-23T10:00:00+05:30') }
  const people = await makePeople(house, {
    base: 'http://test/fhir',
    secret: SECRET,
    cost: CHEAP,
    now: () => clock.now,
    ...options,
  })
  return { people, clock, house, connection, drop: () => database.drop() }
}

/** The same people from another process: a pool of its own. */
export async function besides(people: People, connection: Awaited<ReturnType<typeof testDatabase>>['connection']) {
  const db = await openDatabase({ at: connection, connections: 4 })
  return { people: { ...people, house: { ...people.house, db } }, close: () => db.close() }
}

export const PASSWORD = 'neem ka ped aur aam'

/** Somebody with a password of their own. */
export async function hire(people: People, username: string, parts: readonly Assignment[] = [{ role: 'officer' }]) {
  const [first = { role: 'officer' as const }] = parts
  await addStaff(people, { username, name: 'Kiran Test', ...first })
  const staff = await staffByUsername(people, username)
  if (!staff) throw new Error('nobody')
  await choosePassword(people, staff, PASSWORD)
  for (const { role, facility = null } of parts.slice(1)) {
    await people.house.db.rows(
      sql`insert into assignment (staff, role, facility) values (${staff.id}, ${role}, ${facility})`,
    )
  }
  return (await staffByUsername(people, username)) ?? staff
}

/** The code of the last message to a mobile. */
export async function lastCode(people: People, mobile: string): Promise<string> {
  const rows = await readOutbox(people)
  return /\d{6}/.exec(rows.find((row) => row.mobile === mobile)?.text ?? '')?.[0] ?? ''
}
