import Provider, {
  errors,
  interactionPolicy,
  type Client,
  type Configuration,
  type JWK,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import { timingSafeEqual } from 'node:crypto'
import type { Database } from '../db/database.ts'
import type { Log } from '../log.ts'
import { LONGEST_TOKEN } from '../store/revoked.ts'
import { shelvesOf } from './adapter.ts'
import { OF_OURS, type AppBook } from './clients.ts'
import { errorPage } from './error-page.ts'
import { factsOf, findAccount, type Standing } from './facts.ts'
import { issue, tellLaunch } from './issue.ts'
import { ALGORITHMS, type KeptKey, type SigningKeys } from './keys.ts'
import type { Launches } from './launch.ts'
import type { Revocations } from './revocations.ts'
import { narrowed, ofResources, PLAIN_SCOPES } from './scopes.ts'
import { fingerprint } from './secret.ts'
import { CLIENT_ALGORITHMS } from './smart.ts'

export interface Grounds {
  /** `https://health.example.in` */
  readonly origin: string
  readonly issuer: string
  /** Of the FHIR endpoint: the audience of every access token. */
  readonly base: string
  readonly db: Database
  readonly log: Log
  readonly clients: AppBook
  readonly revocations: Revocations
  readonly launches: Launches
  readonly standing: Standing
}

/** Seconds that the clock of an application may differ from ours. */
const SKEW = 10

/** Seconds. */
export const lives = {
  access: 300,
  code: 60,
  interaction: 900,
  session: 8 * 3600,
  grant: 90 * 86_400,
} as const

/** The certified part: oidc-provider with everything off that SMART does not need, and every choice pinned. */
export function openProvider(grounds: Grounds, keys: SigningKeys): Provider {
  const provider = new Provider(grounds.issuer, configurationOf(grounds, keys))
  // the address is the configured one, whatever a proxy or a caller says: the listener has put it into these headers
  provider.proxy = true
  // the database holds only the hash
  provider.Client.prototype.compareClientSecret = async function compare(given: string): Promise<boolean> {
    const [kept, shown] = [Buffer.from(this.clientSecret ?? ''), Buffer.from(fingerprint(given))]
    return kept.length === shown.length && timingSafeEqual(kept, shown)
  }
  provider.use(tellLaunch)
  provider.on('server_error', (_ctx, error: Error) => {
    grounds.log.error({ error: error.constructor.name, stack: framesOf(error) }, 'the authorisation server failed')
  })
  return provider
}

function configurationOf(grounds: Grounds, keys: SigningKeys): Configuration {
  const { origin, issuer, base, db, standing } = grounds
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure: origin.startsWith('https:') } as const
  const shelves = shelvesOf(grounds)
  return {
    adapter: shelves,
    jwks: { keys: [...keys.access, ...keys.id].map(signing) },
    cookies: {
      keys: keys.cookies,
      names: { session: 'parchi_session', interaction: 'parchi_interaction', resume: 'parchi_resume' },
      long: { ...cookie, path: '/oauth' },
      // each interaction has its own path, so that several can be open side by side
      short: cookie,
    },
    routes: { introspection: '/introspect', revocation: '/revoke' },
    scopes: [...PLAIN_SCOPES],
    claims: { openid: ['sub'], fhirUser: ['fhirUser'], profile: ['name', 'fhirUser'] },
    responseTypes: ['code'],
    clientAuthMethods: ['private_key_jwt', 'client_secret_basic', 'none'],
    enabledJWA: {
      clientAuthSigningAlgValues: [...CLIENT_ALGORITHMS],
      idTokenSigningAlgValues: [ALGORITHMS.id],
    },
    clientDefaults: { id_token_signed_response_alg: ALGORITHMS.id },
    extraClientMetadata: { properties: [...OF_OURS] },
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    clockTolerance: SKEW,
    features: featuresOf(grounds),
    extraParams: {
      aud: (_ctx, value) => {
        if (value?.replace(/\/$/, '') !== base)
          throw new errors.InvalidRequest('aud must be the address of this FHIR server')
      },
      launch: (ctx, value) => checkLaunch(ctx, value, grounds.launches),
    },
    ttl: {
      AccessToken: lives.access,
      ClientCredentials: lives.access,
      AuthorizationCode: lives.code,
      IdToken: lives.access,
      Interaction: lives.interaction,
      Session: lives.session,
      Grant: lives.grant,
      RefreshToken: (_ctx, token) => (token.scopes.has('offline_access') ? lives.grant : lives.session),
    },
    rotateRefreshToken: true,
    revokeGrantPolicy: () => true,
    issueRefreshToken: async (_ctx, client, code) =>
      client.grantTypeAllowed('refresh_token') &&
      (code.scopes.has('offline_access') || code.scopes.has('online_access')),
    expiresWithSession: async (_ctx, code) => !code.scopes.has('offline_access'),
    findAccount: (_ctx, sub) => findAccount(standing, base, sub),
    // no grant is taken up again by itself: each launch is about its own patient, and is agreed to
    loadExistingGrant: async (ctx) => {
      const grant = ctx.oidc.result?.consent?.grantId
      return grant === undefined ? undefined : ctx.oidc.provider.Grant.find(grant)
    },
    interactions: { policy: policy(), url: (_ctx, interaction) => `${issuer}/interaction/${interaction.uid}` },
    extraTokenClaims: (ctx, token) => factsOf(db, ctx, token),
    formats: { customizers: { jwt: (ctx, token, parts) => issue(shelves, ctx, token, parts) } },
    assertJwtClientAuthClaimsAndHeader: (_ctx, claims) => checkAssertion(issuer, claims),
    clientBasedCORS: (_ctx, from, client) => (client.redirectUris ?? []).some((uri) => originOf(uri) === from),
    // keys of applications are fetched by remote-keys.ts; nothing else is
    fetch: () => Promise.reject(new Error('nothing is fetched')),
    renderError: (ctx, out) => errorPage(ctx, out),
  }
}

function featuresOf({ base }: Grounds): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    registration: { enabled: false },
    userinfo: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => base,
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource, client) => resourceServer(base, ctx, resource, client),
    },
  }
}

/**
 * Which scopes on resources a request can come to. What is asked is narrowed here to what the application is registered
 * for, on the request itself, so that everything after it (pages, grant, code, token) knows only what may be.
 */
function resourceServer(base: string, ctx: KoaContextWithOIDC, resource: string, client: Client): ResourceServer {
  if (resource.replace(/\/$/, '') !== base) throw new errors.InvalidTarget()
  const { params, entities } = ctx.oidc
  const registered = textOf(client['app_scopes'])
  const granted = entities.Grant?.getResourceScope(base)
  const asked = granted || textOf(params?.['scope'])
  const scopes = narrowed(asked, registered)
  if (!granted && params) {
    if (ofResources(scopes).length === 0 && (client['app_kind'] === 'backend' || scopes.length === 0))
      throw new errors.InvalidScope('this application may have none of these scopes', asked)
    params['scope'] = scopes.join(' ')
  }
  return {
    scope: ofResources(scopes).join(' '),
    audience: base,
    accessTokenFormat: 'jwt',
    accessTokenTTL: Math.min(lives.access, LONGEST_TOKEN),
    jwt: { sign: { alg: ALGORITHMS.access } },
  }
}

async function checkLaunch(ctx: KoaContextWithOIDC, value: string | undefined, launches: Launches): Promise<void> {
  const scopes = textOf(ctx.oidc.params?.['scope']).split(' ')
  if (value === undefined && !scopes.includes('launch')) return
  if (value === undefined || !(await launches.peek(value)))
    throw new errors.InvalidRequest('launch is not known, was used already, or ran out')
}

/** https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html: what is beyond oidc-provider's own checks. */
function checkAssertion(issuer: string, { exp, iat, aud, iss, sub }: Record<string, unknown>): void {
  const ours = [issuer, `${issuer}/token`, `${issuer}/introspect`, `${issuer}/revoke`]
  const named: unknown[] = Array.isArray(aud) ? aud : [aud]
  if (!named.every((one) => typeof one === 'string' && ours.includes(one)))
    throw new errors.InvalidClientAuth('aud must be the token endpoint')
  if (iss !== sub) throw new errors.InvalidClientAuth('iss and sub must both be the client_id')
  if (typeof exp !== 'number' || exp > Date.now() / 1000 + 310)
    throw new errors.InvalidClientAuth('exp must be at most five minutes away')
  if (iat !== undefined && !(typeof iat === 'number' && iat <= Date.now() / 1000 + SKEW))
    throw new errors.InvalidClientAuth('iat must not be in the future')
}

/** Login, and then always a word of consent: it is where the patient is chosen. */
function policy(): interactionPolicy.DefaultPolicy {
  const { Check, base } = interactionPolicy
  const prompts = base()
  const consent = prompts.get('consent')
  consent?.checks.splice(0)
  consent?.checks.push(
    new Check(
      'launch',
      'whose record, and what of it',
      'consent_required',
      (ctx) => ctx.oidc.result?.consent === undefined,
    ),
  )
  return prompts
}

function textOf(parameter: unknown): string {
  return typeof parameter === 'string' ? parameter : ''
}

function signing({ until: _until, ...key }: KeptKey): JWK {
  return key as JWK
}

function originOf(uri: string): string | undefined {
  return URL.canParse(uri) ? new URL(uri).origin : undefined
}

function framesOf(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
}
