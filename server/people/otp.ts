import { randomInt, randomUUID } from 'node:crypto'
import { sql } from '../db/sql.ts'
import type { People } from './people.ts'
import { placeOf } from './place.ts'
import { isSame, keyed } from './seal.ts'
import { queueSms, secretFact } from './sms.ts'
import type { Language } from './sms/templates.ts'
import { remember, remembers, take } from './throttle.ts'

/** How long a code is good, and how often it may be tried. */
export const OTP_MINUTES = 5
export const OTP_ATTEMPTS = 5

export type OtpSent =
  | { readonly kind: 'sent'; readonly id: string }
  /** Asked for too often: says nothing about who is registered. */
  | { readonly kind: 'later'; readonly wait: number }

/**
 * Sends a code to a mobile. Nobody is looked up: whether somebody is registered with it changes neither the answer nor
 * the time it takes. `mobile`: ten digits (mobile.ts).
 */
export async function requestOtp(
  people: People,
  { mobile, ip, language }: { mobile: string; ip: string; language: Language },
): Promise<OtpSent> {
  const { otpIp, otpMobile, otpAll } = people.limits
  const from = placeOf(ip)
  // Where it was right before, others cannot use up what the mobile has.
  const known = await remembers(people, ['otp known', mobile, from])
  for (const [what, quota] of [
    [['otp ip', from], otpIp],
    [known ? ['otp mobile', mobile, from] : ['otp mobile', mobile], otpMobile],
    [['otp all'], otpAll],
  ] as const) {
    const { ok, wait } = await take(people, what, quota)
    if (!ok) return { kind: 'later', wait }
  }
  const id = randomUUID()
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const now = people.now()
  const until = now + OTP_MINUTES * 60_000
  await people.house.db.transaction(async (tx) => {
    await tx.rows(
      sql`insert into otp (id, code, until) values (${id}, ${hashed(people, id, mobile, code)}, ${until}::bigint)`,
    )
    const facts = { code: secretFact(people, code), minutes: String(OTP_MINUTES) }
    await queueSms(tx, { mobile, template: 'otp', facts, language, minutes: OTP_MINUTES, now })
  })
  return { kind: 'sent', id }
}

export type OtpTried =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong'; readonly left: number }
  /** Used, too old, tried too often, or never sent. */
  | { readonly kind: 'spent' }
  | { readonly kind: 'later'; readonly wait: number }

/** A try counts before it is compared, and only one right one is the first: in one statement each, for all processes. */
export async function tryOtp(
  people: People,
  { id, mobile, code, ip }: { id: string; mobile: string; code: string; ip: string },
): Promise<OtpTried> {
  const { ok, wait } = await take(people, ['otp tries', placeOf(ip)], people.limits.otpTries)
  if (!ok) return { kind: 'later', wait }
  const [row] = await people.house.db.rows<{ code: Buffer; attempts: number }>(sql`
    update otp set attempts = attempts + 1
    where id = ${id} and not used and attempts < ${OTP_ATTEMPTS} and until > ${people.now()}::bigint
    returning code, attempts`)
  const right = isSame(row?.code ?? Buffer.alloc(32), hashed(people, id, mobile, code))
  if (!row) return { kind: 'spent' }
  const left = OTP_ATTEMPTS - row.attempts
  if (!right) return left > 0 ? { kind: 'wrong', left } : { kind: 'spent' }
  const used = await people.house.db.rows(sql`update otp set used = true where id = ${id} and not used returning id`)
  if (used.length === 0) return { kind: 'spent' }
  await remember(people, ['otp known', mobile, placeOf(ip)], KNOWN)
  return { kind: 'right' }
}

const KNOWN = 60 * 86_400

function hashed({ keys }: People, id: string, mobile: string, code: string): Buffer {
  return keyed(keys.hash, 'otp', id, mobile, code)
}
