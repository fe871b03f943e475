import { randomInt, randomUUID } from 'node:crypto'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { FhirError } from '../../errors.ts'
import { endLogins } from '../../store/revoked.ts'
import { accountId, hasFacility, type Account, type StaffRole } from '../account.ts'
import { weaknessOf, type Weakness } from '../password.ts'
import type { People } from '../people.ts'
import { hashPassword, isPassword } from '../scrypt.ts'
import { keyed } from '../seal.ts'
import { fold } from './username.ts'

export interface Staff {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly password: string
  readonly password_until: bigint | null
  readonly totp: Buffer | null
  readonly practitioner: string | null
  readonly active: boolean
  readonly round: number
}

export interface Assignment {
  readonly role: StaffRole
  readonly facility?: string
}

const COLUMNS = sql`id, username, name, password, password_until, totp, practitioner, active, round`

export async function staffByUsername({ house }: People, username: string): Promise<Staff | undefined> {
  const [row] = await house.db.rows<Staff>(sql`select ${COLUMNS} from staff where username = ${fold(username) ?? ''}`)
  return row
}

export async function staffById({ house }: People, id: string): Promise<Staff | undefined> {
  const [row] = await house.db.rows<Staff>(sql`select ${COLUMNS} from staff where id = ${id}`)
  return row
}

export async function assignmentsOf({ house }: People, id: string): Promise<Assignment[]> {
  const rows = await house.db.rows<{ role: StaffRole; facility: string | null }>(
    sql`select role, facility from assignment where staff = ${id} order by facility nulls first, role`,
  )
  return rows.map(({ role, facility }) => ({ role, ...(facility !== null && { facility }) }))
}

/** Whether an account is still what it was: asked wherever a session or a grant is used again. */
export async function isStill({ house }: People, account: Account): Promise<boolean> {
  if (account.kind === 'patient') return true
  const { id, role, facility } = account
  const rows = await house.db.rows(sql`
    select from staff s join assignment a on a.staff = s.id
    where s.id = ${id} and s.active and a.role = ${role} and a.facility is not distinct from ${facility ?? null}`)
  return rows.length > 0
}

export interface NewStaff extends Assignment {
  readonly username: string
  readonly name: string
  readonly practitioner?: string
}

/**
 * Answers the one-time password: to be changed when they first log in, and good for three days. `own`: it is theirs at
 * once, where nobody is there to choose one (the demo).
 */
export async function addStaff(
  people: People,
  { username, name, practitioner, ...part }: NewStaff,
  own = false,
): Promise<string> {
  const folded = fold(username)
  if (folded === undefined)
    throw new FhirError('invalid', 'A username has 3 to 64 letters, digits, dots, dashes or underscores.')
  if (name.trim() === '') throw new FhirError('invalid', 'A member of staff needs a name.')
  const { password, hash, until } = await oneTime(people)
  const id = randomUUID()
  await people.house.db.transaction(async (tx) => {
    await refuseTaken(tx, folded)
    await tx.rows(sql`
      insert into staff (id, username, name, password, password_until, practitioner, made) values
        (${id}, ${folded}, ${name.trim()}, ${hash}, ${own ? null : until}::bigint, ${practitioner ?? null}, ${people.now()}::bigint)`)
    await assign(tx, id, part)
  })
  return password
}

async function refuseTaken(tx: Queryable, username: string): Promise<void> {
  const taken = await tx.rows(sql`select from staff where username = ${username}`)
  if (taken.length > 0) throw new FhirError('conflict', 'This username is taken.')
}

/** One more part for somebody. */
export async function assign(tx: Queryable, id: string, { role, facility }: Assignment): Promise<void> {
  if (hasFacility(role) !== (facility !== undefined)) {
    throw new FhirError('invalid', hasFacility(role) ? 'This role needs a facility.' : 'This role has no facility.')
  }
  await tx.rows(sql`
    insert into assignment (staff, role, facility) values (${id}, ${role}, ${facility ?? null}) on conflict do nothing`)
}

/** False when they had no such part. */
export async function unassign(tx: Queryable, id: string, { role, facility }: Assignment): Promise<boolean> {
  const rows = await tx.rows(sql`
    delete from assignment where staff = ${id} and role = ${role} and facility is not distinct from ${facility ?? null} returning staff`)
  await endLogins(tx, id, accountId({ kind: 'staff', id, role, ...(facility !== undefined && { facility }) }))
  return rows.length > 0
}

/** A new one-time password, and the end of every login; `totp` also takes the second factor away, for somebody who lost it. */
export async function resetPassword(people: People, id: string, totp: boolean): Promise<string> {
  const { password, hash, until } = await oneTime(people)
  await people.house.db.transaction(async (tx) => {
    await tx.rows(sql`
      update staff set password = ${hash}, password_until = ${until}::bigint,
        totp = case when ${totp}::boolean then null else totp end
      where id = ${id}`)
    await logOut(tx, id)
  })
  return password
}

/** They cannot log in any more; what they did keeps its name. */
export async function removeStaff({ house }: People, id: string): Promise<void> {
  await house.db.transaction(async (tx) => {
    await tx.rows(sql`update staff set active = false where id = ${id}`)
    await logOut(tx, id)
  })
}

/** Somebody who was removed is back, in the parts they had: with a new one-time password. */
export async function restoreStaff(people: People, id: string): Promise<string> {
  await people.house.db.rows(sql`update staff set active = true where id = ${id}`)
  return resetPassword(people, id, false)
}

export type Chosen = Weakness | 'same' | undefined

/** A password of their own, and the end of every login so far; answers what is wrong with it. */
export async function choosePassword(people: People, staff: Staff, password: string): Promise<Chosen> {
  const weakness = weaknessOf(password, staff)
  if (weakness) return weakness
  if (await isPassword(password, staff.password, people.cost)) return 'same'
  const hash = await hashPassword(password, people.cost)
  await people.house.db.transaction(async (tx) => {
    await keepPassword(tx, staff, hash)
    await logOut(tx, staff.id)
  })
  return undefined
}

/** Only while the password is still the one that was checked. */
export async function keepPassword(tx: Queryable, { id, password }: Staff, hash: string): Promise<void> {
  await tx.rows(
    sql`update staff set password = ${hash}, password_until = null where id = ${id} and password = ${password}`,
  )
}

/** Ends every login of somebody, those under way too. */
export async function logOut(tx: Queryable, id: string): Promise<void> {
  await tx.rows(sql`update staff set round = round + 1 where id = ${id}`)
  await endLogins(tx, id)
}

/** A login that is under way goes on only while this is the same as when they showed who they are. */
export function markOf({ keys }: People, { id, round, active }: Staff): string {
  return keyed(keys.hash, 'login', id, String(round), String(active)).toString('base64url').slice(0, 22)
}

const THREE_DAYS = 3 * 86_400_000

async function oneTime(people: People): Promise<{ password: string; hash: string; until: number }> {
  const password = madePassword()
  return { password, hash: await hashPassword(password, people.cost), until: people.now() + THREE_DAYS }
}

/** 80 bits in groups that can be read out over a telephone. */
function madePassword(): string {
  const letter = () => 'abcdefghjkmnpqrstuvwxyz23456789'.charAt(randomInt(31))
  return Array.from({ length: 4 }, () => Array.from({ length: 4 }, letter).join('')).join('-')
}

export interface StaffLine {
  readonly id: string
  readonly username: string
  readonly name: string
  readonly active: boolean
  readonly totp: boolean
  readonly oneTime: boolean
  readonly parts: readonly string[]
}

export function listStaff({ house }: People): Promise<StaffLine[]> {
  return house.db.rows<StaffLine>(sql`
    select s.id, s.username, s.name, s.active, s.totp is not null as totp, s.password_until is not null as "oneTime",
      array(select a.role || coalesce(' at ' || a.facility, '') from assignment a where a.staff = s.id order by 1) as parts
    from staff s order by s.username`)
}
