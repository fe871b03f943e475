import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { randomUUID } from 'node:crypto'
import { saveApp, type App } from '../../server/oauth/clients.ts'
import { startServer, type TestServer } from '../http/server.ts'

/** An application with a key pair of its own. */
export interface Keyed {
  readonly alg: string
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}

export async function keyPair(alg = 'ES384', kid: string = randomUUID()): Promise<Keyed> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

export interface World extends TestServer {
  readonly issuer: string
  /** A backend service of a facility, with its key inline. */
  readonly emr: { readonly id: string; readonly keys: Keyed }
}

export const FACILITY = 'facility-a'

export async function startWorld({ linking = false } = {}): Promise<World> {
  const server = await startServer({ env: { AUTH: 'on' }, linking })
  const keys = await keyPair('ES384')
  const emr = { id: 'emr-a', keys }
  await registered(server, { id: emr.id, kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.cruds', jwks: { keys: [keys.jwk] } }) // prettier-ignore
  return { ...server, issuer: `${server.origin}/oauth`, emr }
}

export async function registered(
  { house }: Pick<TestServer, 'house'>,
  app: Pick<App, 'id' | 'kind' | 'scopes'> & Partial<App>,
): Promise<void> {
  await saveApp(house.db, { name: `The app ${app.id}`, redirectUris: [], ...app })
}

export interface AssertionWishes {
  readonly claims?: Record<string, unknown>
  readonly header?: Record<string, unknown>
}

/** What SMART backend services show for themselves. */
export function assertion(
  issuer: string,
  id: string,
  { alg, kid, privateKey }: Keyed,
  { claims, header }: AssertionWishes = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const payload = { iss: id, sub: id, aud: `${issuer}/token`, exp: now + 240, iat: now, jti: randomUUID(), ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg, kid, typ: 'JWT', ...header }).sign(privateKey)
}

export interface TokenAnswer {
  readonly status: number
  readonly body: Record<string, unknown>
}

/** A POST of a form to the authorisation server. */
export async function post(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
}

export async function backendToken(
  { issuer, emr }: World,
  {
    scope = 'system/*.rs',
    id = emr.id,
    keys = emr.keys,
    ...wishes
  }: AssertionWishes & { scope?: string; id?: string; keys?: Keyed } = {},
): Promise<TokenAnswer> {
  return post(`${issuer}/token`, {
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(issuer, id, keys, wishes),
  })
}

/** How the FHIR endpoint answers a token: 401 or not. */
export async function asked({ base }: Pick<World, 'base'>, token: string, path = 'Organization'): Promise<number> {
  const answer = await fetch(`${base}/${path}`, { headers: { authorization: `Bearer ${token}` } })
  await answer.arrayBuffer()
  return answer.status
}
