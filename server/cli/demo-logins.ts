import type { Organization, Patient } from '@medplum/fhirtypes'
import { sql } from '../db/sql.ts'
import { typeNumber } from '../fhir/types.ts'
import type { House } from '../interactions/house.ts'
import type { People } from '../people/people.ts'
import { readMobile } from '../people/mobile.ts'
import { addStaff, staffByUsername, type NewStaff } from '../people/staff/staff.ts'
import { textOf } from '../store/body.ts'
import { readMany } from '../store/read.ts'

/**
 * People of the demo city who can log in: their passwords are made now and shown once, in the lines that this answers. At
 * the facility with most visits, so that there is something to see.
 */
export async function demoLogins(people: People, origin: string): Promise<string[]> {
  const facility = await busiest(people.house)
  if (!facility) return []
  const { id, name, practitioner, mobile } = facility
  const at = { facility: id }
  const staff: NewStaff[] = [
    { username: 'doctor', name: 'Demo Doctor', role: 'doctor', ...at, ...(practitioner && { practitioner }) },
    { username: 'clerk', name: 'Demo Clerk', role: 'clerk', ...at },
    { username: 'officer', name: 'Demo Officer', role: 'officer' },
    { username: 'administrator', name: 'Demo Administrator', role: 'administrator' },
  ]
  const lines: string[] = []
  for (const one of staff) {
    // Somebody hired before the city moved in keeps the name.
    if (await staffByUsername(people, one.username)) continue
    const password = await addStaff(people, one, true)
    lines.push(`  ${one.username.padEnd(15)} ${password}   ${'facility' in one ? `at ${name} (${id})` : 'of the city'}`)
  }
  const patient =
    mobile === undefined ? [] : [`  patients        mobile ${mobile}, the code is at ${origin}/oauth/outbox`]
  return ['Logins of the demo city, shown this once:', ...lines, ...patient]
}

async function busiest({ db }: House) {
  const [row] = await db.rows<{ rid: bigint }>(sql`
    select facility as rid from resource where type = ${typeNumber('Encounter')} and facility <> 0
    group by facility order by count(*) desc, facility limit 1`)
  const [organization] = row ? await readMany(db, 'all', [{ type: 'Organization', rid: row.rid }]) : []
  if (!row || !organization?.body) return undefined
  const { name = '' } = JSON.parse(textOf({ ...organization, body: organization.body })) as Organization
  const [practitioner] = await db.rows<{ id: string }>(sql`
    select id from resource where type = ${typeNumber('Practitioner')} and facility = ${row.rid} order by id limit 1`)
  return { id: organization.id, name, practitioner: practitioner?.id, mobile: await familyMobile(db, row.rid) }
}

/** A mobile that several of its patients share. */
async function familyMobile(db: House['db'], facility: bigint): Promise<string | undefined> {
  const rids = await db.rows<{ rid: bigint }>(sql`
    select rid from resource where type = ${typeNumber('Patient')} and facility = ${facility} order by rid limit 300`)
  const rows = await readMany(
    db,
    'all',
    rids.map(({ rid }) => ({ type: 'Patient' as const, rid })),
  )
  const counts = new Map<string, number>()
  for (const row of rows) {
    const { telecom = [] } = JSON.parse(row.body === null ? '{}' : textOf({ ...row, body: row.body })) as Patient
    const mobiles = new Set(telecom.flatMap(({ value = '' }) => readMobile(value) ?? []))
    for (const mobile of mobiles) counts.set(mobile, (counts.get(mobile) ?? 0) + 1)
  }
  return [...counts].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))[0]?.[0]
}
