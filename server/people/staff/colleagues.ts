import { sql } from '../../db/sql.ts'
import type { People } from '../people.ts'
import { resetPassword } from './staff.ts'

/** Somebody whom hospital IT helps who forgot a password or lost a telephone. */
export interface Colleague {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly totp: boolean
}

/** Who works nowhere but at facilities where this one is hospital IT; not themselves, no officers and administrators. */
export function colleaguesOf({ house }: People, id: string): Promise<Colleague[]> {
  return house.db.rows<Colleague>(sql`
    with mine as (select facility from assignment where staff = ${id} and role = 'it')
    select s.id, s.username, s.name, s.totp is not null as totp from staff s
    where s.active and s.id <> ${id}
      and exists (select from assignment a where a.staff = s.id)
      and not exists (
        select from assignment a where a.staff = s.id and (a.facility is null or a.facility not in (select facility from mine)))
    order by s.username limit 200`)
}

/** A new one-time password, the second factor gone, every login ended. Undefined when it is none of theirs to help. */
export async function help(people: People, by: string, id: string): Promise<string | undefined> {
  const known = await colleaguesOf(people, by)
  if (!known.some((one) => one.id === id)) return undefined
  const password = await resetPassword(people, id, true)
  people.house.log.warn({ by, staff: id }, 'hospital IT gave a one-time password')
  return password
}
