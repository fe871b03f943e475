import * as oidc from 'openid-client'
import { Browser, type Page } from './browser.ts'
import { keyPair, registered, type Keyed, type World } from './world.ts'
import { draw, fingerprint } from '../../server/oauth/secret.ts'

export const CALLBACK = 'https://app.example.in/callback'

/** An application as openid-client plays it, registered here. */
export interface TestApp {
  readonly id: string
  readonly client: oidc.Configuration
  readonly secret?: string
  readonly keys?: Keyed
}

const SCOPES = 'openid fhirUser profile launch launch/patient launch/encounter offline_access online_access patient/*.rs patient/Observation.cruds user/*.rs' // prettier-ignore

export async function publicApp(world: World, id: string, scopes = SCOPES): Promise<TestApp> {
  await registered(world, { id, kind: 'public', scopes, redirectUris: [CALLBACK] })
  return { id, client: await discovered(world, id, oidc.None()) }
}

export async function secretApp(world: World, id: string): Promise<TestApp> {
  const secret = draw()
  await registered(world, { id, kind: 'confidential', scopes: SCOPES, redirectUris: [CALLBACK], secret: fingerprint(secret) }) // prettier-ignore
  return { id, secret, client: await discovered(world, id, oidc.ClientSecretBasic(secret)) }
}

export async function keyedApp(world: World, id: string): Promise<TestApp> {
  const keys = await keyPair()
  await registered(world, { id, kind: 'confidential', scopes: SCOPES, redirectUris: [CALLBACK], jwks: { keys: [keys.jwk] } }) // prettier-ignore
  return { id, keys, client: await discovered(world, id, oidc.PrivateKeyJwt({ key: keys.privateKey, kid: keys.kid })) }
}

function discovered({ issuer }: World, id: string, auth: oidc.ClientAuth): Promise<oidc.Configuration> {
  return oidc.discovery(new URL(issuer), id, undefined, auth, { execute: [oidc.allowInsecureRequests] })
}

/** An authorisation request on its way. */
export interface Begun {
  readonly app: TestApp
  readonly browser: Browser
  readonly verifier: string
  readonly page: Page
}

/** `undefined` leaves a parameter out. */
export async function begin(
  world: World,
  app: TestApp,
  asked: Record<string, string | undefined> = {},
  browser = new Browser(world.origin),
): Promise<Begun> {
  const verifier = oidc.randomPKCECodeVerifier()
  const parameters = {
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid fhirUser launch/patient offline_access patient/*.rs',
    aud: world.base,
    state: 'state-1',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...asked,
  }
  const url = new URL(`${world.issuer}/auth`)
  url.searchParams.set('client_id', app.id)
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return { app, browser, verifier, page: await browser.open(url.href) }
}

/** Says yes on the consent page, and is sent back. */
export async function allow({ browser }: Begun, page: Page, without: readonly string[] = []): Promise<URL> {
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? ''
  const { left, html } = page.left ? page : await browser.send(page, { csrf }, without)
  if (!left) throw new Error(`not sent back: ${html.slice(-800)}`)
  return left
}

export type Tokens = oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers & Readonly<Record<string, unknown>>

export async function exchange({ app, verifier }: Begun, back: URL): Promise<Tokens> {
  return oidc.authorizationCodeGrant(app.client, back, { pkceCodeVerifier: verifier, expectedState: 'state-1' })
}

/** The error code of a refusal by the authorisation server. */
export async function errorOf(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'none'
  } catch (error) {
    return error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError ? error.error : String(error) // prettier-ignore
  }
}
