import { Secret, TOTP } from 'otpauth'
import { sql } from '../../db/sql.ts'
import { readCode } from '../mobile.ts'
import type { People } from '../people.ts'
import { seal, unseal } from '../seal.ts'
import { logOut, type Staff } from './staff.ts'

const PERIOD = 30

/**
 * A second factor for somebody: answers the address that an authenticator app reads (otpauth://…). Any earlier one is void,
 * and who is logged in without it logs in again.
 */
export async function setTotp(people: People, { id, username }: Pick<Staff, 'id' | 'username'>): Promise<string> {
  const secret = newSecret()
  await keepTotp(people, id, secret, null)
  return addressOf(secret, username)
}

async function keepTotp(people: People, id: string, secret: string, step: number | null): Promise<void> {
  const sealed = seal(people.keys.seal, secret, `totp ${id}`)
  await people.house.db.transaction(async (tx) => {
    await tx.rows(sql`update staff set totp = ${sealed}, totp_step = ${step}::bigint where id = ${id}`)
    await logOut(tx, id)
  })
}

/** 160 bits as base32 (RFC 4226, 4). */
export function newSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** What authenticator apps read: https://github.com/google/google-authenticator/wiki/Key-Uri-Format */
export function addressOf(secret: string, username: string): string {
  return totpOf(secret, username).toString()
}

/** Takes a secret that somebody was shown, if they can tell a code of it; that code is used up. */
export async function confirmTotp(
  people: People,
  { id, username }: Pick<Staff, 'id' | 'username'>,
  secret: string,
  typed: string,
): Promise<boolean> {
  const step = stepOf(people, secret, username, typed)
  if (step === undefined) return false
  await keepTotp(people, id, secret, step)
  return true
}

export async function removeTotp({ house }: People, id: string): Promise<void> {
  await house.db.transaction(async (tx) => {
    await tx.rows(sql`update staff set totp = null, totp_step = null where id = ${id}`)
    await logOut(tx, id)
  })
}

/** The code of now, of the step before or after (RFC 6238, 5.2); each step once only, and none before one that was used. */
export async function isTotp(people: People, { id, username, totp }: Staff, typed: string): Promise<boolean> {
  const secret = totp === null ? undefined : unseal(people.keys.seal, totp, `totp ${id}`)
  const step = secret === undefined ? undefined : stepOf(people, secret, username, typed)
  if (step === undefined) return false
  const rows = await people.house.db.rows(sql`
    update staff set totp_step = ${step}::bigint
    where id = ${id} and totp = ${totp} and coalesce(totp_step, -1) < ${step}::bigint returning id`)
  return rows.length > 0
}

function stepOf(people: People, secret: string, username: string, typed: string): number | undefined {
  const token = readCode(typed)
  const now = people.now()
  const delta = token === undefined ? null : totpOf(secret, username).validate({ token, timestamp: now, window: 1 })
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD) + delta
}

function totpOf(secret: string, username: string): TOTP {
  return new TOTP({ issuer: 'Parchi', label: username, algorithm: 'SHA1', digits: 6, period: PERIOD, secret })
}
