import type { People } from '../people.ts'
import { placeOf } from '../place.ts'
import { hashPassword, isPassword, isStale } from '../scrypt.ts'
import { forgive, knock, remember, remembers, type Let } from '../throttle.ts'
import { keepPassword, markOf, staffById, staffByUsername, type Staff } from './staff.ts'
import { isTotp } from './totp.ts'
import { fold } from './username.ts'

export type Shown =
  /** What is still to be shown or done: a code of the app, a password of their own, or nothing. */
  | {
      readonly kind: 'right'
      readonly id: string
      readonly next: 'totp' | 'password' | 'nothing'
      /** Of what they showed (`markOf`). */
      readonly mark: string
    }
  /** No such user, another password, no longer active, a one-time password too old: all the same. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'later'; readonly wait: number }

export interface At {
  readonly username: string
  readonly ip: string
}

/** Username and password. Takes as long for a user there is not. */
export async function showPassword(people: People, at: At, password: string): Promise<Shown> {
  const gate = await knockAt(people, at)
  if (!gate.ok) return { kind: 'later', wait: gate.wait }
  const staff = await staffByUsername(people, at.username)
  const right = await isPassword(password, staff?.password, people.cost)
  if (!staff || !right || !isUsable(people, staff)) return { kind: 'wrong' }
  await refresh(people, staff, password)
  const mark = markOf(people, staff)
  if (staff.totp !== null) return { kind: 'right', id: staff.id, next: 'totp', mark }
  await letIn(people, at)
  return { kind: 'right', id: staff.id, next: nextOf(staff), mark }
}

/** To a hash of what one costs today. */
async function refresh(people: People, staff: Staff, password: string): Promise<void> {
  if (!isStale(staff.password, people.cost) || staff.password_until !== null) return
  await keepPassword(people.house.db, staff, await hashPassword(password, people.cost))
}

/** The code of an authenticator app, after the password. */
export async function showTotp(people: People, at: At, id: string, code: string): Promise<Shown> {
  const gate = await knockAt(people, at)
  if (!gate.ok) return { kind: 'later', wait: gate.wait }
  const staff = await staffById(people, id)
  if (!staff || !isUsable(people, staff) || !(await isTotp(people, staff, code))) return { kind: 'wrong' }
  await letIn(people, at)
  return { kind: 'right', id, next: nextOf(staff), mark: markOf(people, staff) }
}

function isUsable(people: People, { active, password_until: until }: Staff): boolean {
  return active && (until === null || Number(until) > people.now())
}

function nextOf({ password_until: until }: Staff): 'password' | 'nothing' {
  return until === null ? 'nothing' : 'password'
}

/**
 * Three locks. Of a user at an address: five tries. Of an address, whoever is tried: thirty, for a hospital may have one
 * address. Of a user, wherever from: ten, but it does not close for an address they have logged in from, so that nobody
 * is shut out for good by others who keep guessing.
 */
async function knockAt(people: People, at: At): Promise<Let> {
  const { pair, place, user, known } = locksOf(at)
  const first = await knock(people, pair, { free: 5 })
  if (!first.ok) return first
  const second = await knock(people, place, { free: 30 })
  if (!second.ok || (await remembers(people, known))) return second
  return knock(people, user, { free: 10 })
}

const KNOWN = 60 * 86_400

async function letIn(people: People, at: At): Promise<void> {
  const { pair, place, user, known } = locksOf(at)
  const knew = await remembers(people, known)
  await forgive(people, pair, true)
  await forgive(people, place, false)
  if (!knew) await forgive(people, user, true)
  await remember(people, known, KNOWN)
}

function locksOf({ username, ip }: At) {
  const [name, from] = [fold(username) ?? username.slice(0, 64), placeOf(ip)]
  return {
    pair: ['login', name, from],
    place: ['login ip', from],
    user: ['login user', name],
    known: ['known', name, from],
  }
}
