import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { randomUUID } from 'node:crypto'
import type pg from 'pg'

export type GetToken = () => Promise<string>

/** The system of a facility, and how it gets a token: they live a few minutes only. */
export async function registered(
  client: pg.Client,
  origin: string,
  facility: string,
  scope = 'system/*.rs',
): Promise<GetToken> {
  const { privateKey, publicKey } = await generateKeyPair('ES384')
  const [id, kid] = [`emr-${facility}`, randomUUID()]
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'ES384', use: 'sig' }] }
  await client.query(
    `insert into app (id, name, kind, role, facility, scopes, redirect_uris, jwks)
     values ($1, $1, 'backend', 'emr', $2, $4, '{}', $3) on conflict (id) do update set jwks = excluded.jwks`,
    [id, facility, JSON.stringify(jwks), scope],
  )
  return () => tokenOf(origin, scope, { id, kid, privateKey })
}

/** SMART backend services. */
async function tokenOf(
  origin: string,
  scope: string,
  { id, kid, privateKey }: { id: string; kid: string; privateKey: CryptoKey },
): Promise<string> {
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES384', kid, typ: 'JWT' })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(`${origin}/oauth/token`)
    .setIssuedAt()
    .setExpirationTime('4m')
    .sign(privateKey)
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  })
  const response = await fetch(`${origin}/oauth/token`, { method: 'POST', body: form })
  const { access_token } = (await response.json()) as { access_token?: string }
  if (access_token === undefined) throw new Error(`The token endpoint answered ${response.status}.`)
  return access_token
}
