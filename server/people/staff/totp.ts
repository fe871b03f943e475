import { Secret, TOTP } from 'otpauth'
import { sql } from '../../db/sql.ts'
import { readCode } from '../mobile.ts'
import type { People } from '../people.ts'
import { seal, unseal } from '../seal.ts'
import type { Staff } from './staff.ts'

const PERIOD = 30

/** A second factor for somebody: answers the address that an authenticator app reads (otpauth://…). Any earlier one is void. */
export async function setTotp(people: People, { id, username }: Pick<Staff, 'id' | 'username'>): Promise<string> {
  const secret = new Secret({ size: 20 })
  const sealed = seal(people.keys.seal, secret.base32, `totp ${id}`)
  await people.house.db.rows(sql`update staff set totp = ${sealed}, totp_step = null where id = ${id}`)
  return totpOf(secret.base32, username).toString()
}

export async function removeTotp({ house }: People, id: string): Promise<void> {
  await house.db.rows(sql`update staff set totp = null, totp_step = null where id = ${id}`)
}

/** The code of now, of the step before or after (RFC 6238, 5.2); each step once only, and none before one that was used. */
export async function isTotp(people: People, { id, username, totp }: Staff, typed: string): Promise<boolean> {
  const token = readCode(typed)
  const secret = totp === null ? undefined : unseal(people.keys.seal, totp, `totp ${id}`)
  if (token === undefined || secret === undefined) return false
  const now = people.now()
  const delta = totpOf(secret, username).validate({ token, timestamp: now, window: 1 })
  if (delta === null) return false
  const step = Math.floor(now / 1000 / PERIOD) + delta
  const rows = await people.house.db.rows(sql`
    update staff set totp_step = ${step}::bigint
    where id = ${id} and totp = ${totp} and coalesce(totp_step, -1) < ${step}::bigint returning id`)
  return rows.length > 0
}

function totpOf(secret: string, username: string): TOTP {
  return new TOTP({ issuer: 'Parchi', label: username, algorithm: 'SHA1', digits: 6, period: PERIOD, secret })
}
