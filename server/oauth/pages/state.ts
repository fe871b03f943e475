import { sql } from '../../db/sql.ts'
import type { Account } from '../../people/account.ts'
import type { People } from '../../people/people.ts'
import { seal, unseal } from '../../people/seal.ts'
import type { Language } from '../../people/sms/templates.ts'
import type { Colleague } from '../../people/staff/colleagues.ts'
import type { Assignment } from '../../people/staff/staff.ts'
import type { Person } from './person.ts'

/** What each page has to know, of what came before it. */
export interface Places {
  door: object
  password: { readonly username?: string }
  totp: { readonly id: string; readonly username: string }
  choose: { readonly id: string }
  role: { readonly id: string; readonly parts: readonly (Assignment & { readonly name?: string })[] }
  mobile: object
  code: { readonly mobile: string; readonly otp: string }
  family: { readonly people: readonly Person[] }
  nobody: { readonly many: boolean }
  patient: { readonly account: Account; readonly text?: string; readonly people: readonly Person[] }
  consent: { readonly account: Account; readonly patient?: string; readonly about?: Person }
  error: { readonly why: 'door' }
  account: {
    readonly id: string
    readonly username: string
    readonly name: string
    readonly totp: boolean
    readonly helps: boolean
    readonly done?: 'password' | 'totp' | 'everywhere'
  }
  change: { readonly id: string; readonly username: string }
  /** `must`: on the way to an application, for their role asks for it. */
  enrol: { readonly id: string; readonly username: string; readonly secret: string; readonly must?: true }
  colleagues: {
    readonly id: string
    readonly people: readonly Colleague[]
    readonly given?: { readonly name: string; readonly password: string }
  }
}

export type Name = keyof Places

/** Where somebody is between two requests: a page, and what it has to know. */
export type Place<N extends Name = Name> = { [K in N]: { readonly page: K } & Places[K] }[N]

export interface Proof {
  readonly id: string
  readonly mark: string
}

export interface State {
  readonly at: Place
  readonly language?: Language
  /** What they have shown so far. */
  readonly amr: readonly string[]
  /** Of staff: who they showed to be, and by what (`markOf`), which must not have changed since. */
  readonly proof?: Proof
}

/** Whoever does nothing for so long starts again. */
const QUARTER = 15 * 60_000

export async function readState(people: People, uid: string): Promise<State | undefined> {
  const [row] = await people.house.db.rows<{ state: Buffer }>(
    sql`select state from login where uid = ${uid} and until > ${people.now()}::bigint`,
  )
  const text = row && unseal(people.keys.seal, row.state, `login ${uid}`)
  return text === undefined ? undefined : (JSON.parse(text) as State)
}

export async function keepState(people: People, uid: string, state: State): Promise<void> {
  const sealed = seal(people.keys.seal, JSON.stringify(state), `login ${uid}`)
  await people.house.db.rows(sql`
    insert into login (uid, state, until) values (${uid}, ${sealed}, ${people.now() + QUARTER}::bigint)
    on conflict (uid) do update set state = excluded.state, until = excluded.until`)
}

export async function forgetState(people: People, uid: string): Promise<void> {
  await people.house.db.rows(sql`delete from login where uid = ${uid}`)
}

/** Whether they have shown who they are. */
export async function isProven(people: People, uid: string): Promise<boolean> {
  return (await readState(people, uid))?.proof !== undefined
}

/** The same state under another uid, when it is of somebody who has shown who they are; false when it is not. */
export async function moveState(people: People, from: string, to: string): Promise<boolean> {
  const state = await readState(people, from)
  if (!state?.proof) return false
  await keepState(people, to, state)
  await forgetState(people, from)
  return true
}
