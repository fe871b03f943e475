import { hkdfSync, randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import type { House } from '../interactions/house.ts'
import { settleSetting } from '../store/settings.ts'
import type { StaffRole } from './account.ts'
import { usualCost, type Cost } from './scrypt.ts'
import type { Gateway } from './sms/gateway.ts'

/** What everything about people who log in needs; made once by app.ts. */
export interface People {
  readonly house: House
  /** Base of the FHIR endpoint. */
  readonly base: string
  readonly keys: Keys
  /** What a hash of a password costs. */
  readonly cost: Cost
  readonly limits: Limits
  /** Whoever has one of these logs in with a second factor, and sets it up when they have none. */
  readonly totpRoles: readonly StaffRole[]
  /** Absent: messages stay in the outbox, to be read there. */
  readonly gateway?: Gateway
  /** Milliseconds since 1970, for tests. */
  readonly now: () => number
}

/** One secret, a key for each use. */
export interface Keys {
  /** Seals what must be read again: TOTP secrets, messages that wait. */
  readonly seal: Buffer
  /** Hashes one-time codes, mobiles and addresses. */
  readonly hash: Buffer
  /** Signs forms and the references of messages. */
  readonly sign: Buffer
}

/** How many of a thing in how many seconds. */
export interface Quota {
  readonly most: number
  readonly seconds: number
}

export interface Limits {
  /** One-time codes asked for. */
  readonly otpMobile: Quota
  readonly otpIp: Quota
  readonly otpAll: Quota
  /** Codes tried from one address. */
  readonly otpTries: Quota
}

/** A family shares a mobile, and a ward's patients an address; SMS cost money, so there is a limit for all together. */
export const usualLimits: Limits = {
  otpMobile: { most: 5, seconds: 3600 },
  otpIp: { most: 60, seconds: 3600 },
  otpAll: { most: 6000, seconds: 3600 },
  otpTries: { most: 120, seconds: 3600 },
}

export interface PeopleOptions {
  readonly base: string
  readonly secret?: string | undefined
  readonly gateway?: Gateway | undefined
  readonly cost?: Cost
  readonly limits?: Partial<Limits>
  readonly totpRoles?: readonly StaffRole[]
  readonly now?: () => number
}

export async function makePeople(house: House, options: PeopleOptions): Promise<People> {
  const { base, secret, gateway, cost = usualCost, limits, totpRoles = [], now = Date.now } = options
  const kept = secret ?? (await settleSetting(house.db, 'people secret', randomBytes(32).toString('base64url')))
  return {
    house,
    base,
    keys: { seal: derived(kept, 'seal'), hash: derived(kept, 'hash'), sign: derived(kept, 'sign') },
    cost,
    limits: { ...usualLimits, ...limits },
    totpRoles,
    ...(gateway && { gateway }),
    now,
  }
}

/** As the settings have it. `cost`: of a password, for tests of anything else. */
export function peopleOf(house: House, base: string, config: Config, cost?: Cost): Promise<People> {
  const { peopleSecret: secret, smsUrl, smsToken, smsSender, smsEntity, totpRoles } = config
  const gateway = smsUrl === '' ? undefined : { url: smsUrl, token: smsToken, sender: smsSender, entity: smsEntity }
  return makePeople(house, { base, secret, gateway, totpRoles, ...(cost && { cost }) })
}

function derived(secret: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `parchi people ${use}`, 32))
}
