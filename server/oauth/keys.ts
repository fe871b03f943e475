import { randomBytes } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Database } from '../db/database.ts'
import { LONGEST_TOKEN } from '../store/revoked.ts'
import { readSetting, settleSetting, writeSetting } from '../store/settings.ts'

/** Private keys, the one that signs first. Access tokens and id tokens have keys of their own, so neither passes for the other. */
export interface SigningKeys {
  readonly access: readonly KeptKey[]
  readonly id: readonly KeptKey[]
  /** Sign the cookies, newest first. */
  readonly cookies: readonly string[]
}

/** `until`: milliseconds since 1970 after which a former key is forgotten. */
export type KeptKey = JWK & { readonly kid: string; readonly until?: number }

/** id tokens: what SMART wants of all (sso-openid-connect). Access tokens: read by nobody but us. */
export const ALGORITHMS = { access: 'ES384', id: 'RS256' } as const

const NAME = 'oauth keys'

/** Those given (OAUTH_KEYS), else those that all processes share in the database; drawn by the first one. */
export async function openKeys(db: Database, given?: string): Promise<SigningKeys> {
  if (given !== undefined) return readKeys(given)
  const kept = await readSetting(db, NAME)
  return readKeys(kept ?? (await settleSetting(db, NAME, JSON.stringify(await drawKeys()))))
}

export async function drawKeys(): Promise<SigningKeys> {
  const [access, id] = await Promise.all([drawKey('access'), drawKey('id')])
  return { access: [access], id: [id], cookies: [randomBytes(32).toString('base64url')] }
}

/** New keys sign from now on; tokens signed by the former ones are good until they run out. */
export async function rotateKeys(db: Database): Promise<SigningKeys> {
  const fresh = await drawKeys()
  return db.transaction(async (tx) => {
    const kept = await readSetting(tx, NAME)
    const former = kept === undefined ? undefined : readKeys(kept)
    const next = former ? joined(fresh, former) : fresh
    await writeSetting(tx, NAME, JSON.stringify(next))
    return next
  })
}

function joined(fresh: SigningKeys, former: SigningKeys): SigningKeys {
  // a process that has not yet heard of the new key goes on signing with the old one for a few seconds
  const until = Date.now() + (LONGEST_TOKEN + 120) * 1000
  const ending = (keys: readonly KeptKey[]) =>
    keys.map((key) => ({ ...key, until: key.until ?? until })).filter((key) => key.until > Date.now())
  return {
    access: [...fresh.access, ...ending(former.access)],
    id: [...fresh.id, ...ending(former.id)],
    cookies: [...fresh.cookies, ...former.cookies].slice(0, 3),
  }
}

async function drawKey(use: keyof typeof ALGORITHMS): Promise<KeptKey> {
  const alg = ALGORITHMS[use]
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg, use: 'sig' }
}

function readKeys(text: string): SigningKeys {
  const keys = JSON.parse(text) as SigningKeys
  const sound = (list: unknown): boolean => Array.isArray(list) && list.length > 0
  if (!sound(keys.access) || !sound(keys.id) || !sound(keys.cookies))
    throw new Error(
      'The keys of the authorisation server cannot be used: `parchi keys draw` shows what they look like.',
    )
  return keys
}
