import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type Provider from 'oidc-provider'
import type { Caller } from '../context.ts'
import { FhirError } from '../errors.ts'
import type { House } from '../interactions/house.ts'
import type { Tick } from '../jobs/clock.ts'
import type { People } from '../people/people.ts'
import { ownAccount, signOut } from './account.ts'
import { shelvesOf } from './adapter.ts'
import { atRest } from './at-rest.ts'
import { AppBook, originsOf } from './clients.ts'
import type { Standing } from './facts.ts'
import { again, isForm, readText } from './form.ts'
import { forgetExpired } from './grants.ts'
import { interact, type Step } from './interaction.ts'
import { openKeys, type SigningKeys } from './keys.ts'
import { Launches, makeLaunch } from './launch.ts'
import { outboxPage } from './pages/outbox.ts'
import { openProvider, type Grounds } from './provider.ts'
import { RemoteKeys } from './remote-keys.ts'
import { Revocations } from './revocations.ts'
import { smartConfiguration } from './smart.ts'
import { takeSmsStatus } from './sms-status.ts'
import { Tokens } from './tokens.ts'

export interface AuthorityOptions {
  /** `https://health.example.in`: the issuer is `/oauth` below it, the audience of tokens `/fhir`. */
  readonly origin: string
  readonly people: () => Promise<People>
  readonly step: Step
  readonly standing: Standing
  /** Of the caller, as the proxies before us tell it. */
  readonly ipOf?: (req: IncomingMessage) => string
  /** Instead of the keys in the database (OAUTH_KEYS). */
  readonly keys?: string | undefined
  /** What the SMS gateway shows when it reports. */
  readonly smsStatusToken?: string | undefined
  /** Whether messages that no gateway sends can be read at /oauth/outbox: for a demo that only this machine reaches. */
  readonly outbox?: boolean
  /** Milliseconds between two looks for keys that others have rotated, and for those of an application. */
  readonly patience?: { readonly keys?: number; readonly remote?: number }
}

/** What the door (http/authority.ts) and the edges ask of it. */
export interface OpenAuthority {
  who(req: IncomingMessage): Promise<Caller>
  readonly listener: RequestListener
  /** Of the redirect URIs of the registered applications: whose scripts may call us. */
  origins(): Promise<ReadonlySet<string>>
  smartConfiguration(): object
  readonly revocations: Revocations
  readonly ticks: readonly Tick[]
}

interface Opened {
  provider: Provider
  callback: RequestListener
  keys: SigningKeys
  looked: number
}

/**
 * The authorisation server, mounted at /oauth. It answers at once; what it needs of the database (its keys) is read with
 * the first request, and looked at again from time to time, so that rotated keys are taken up without a restart.
 */
export function openAuthority(house: House, options: AuthorityOptions): OpenAuthority {
  const { origin, step, standing, ipOf = (req) => req.socket.remoteAddress ?? '' } = options
  const { patience = {} } = options
  const { db, log } = house
  const [issuer, base] = [`${origin}/oauth`, `${origin}/fhir`]
  const loopback = /^https?:\/\/(127\.|localhost\b|\[::1\])/.test(origin)
  const remote = new RemoteKeys({ time: 3000, size: 64 * 1024, loopback }, patience.remote)
  const clients = new AppBook(db, remote)
  const revocations = new Revocations(db)
  const shelves = shelvesOf({ db, clients, revocations })
  const launches = new Launches(shelves('Launch'))
  const grounds: Grounds = { origin, issuer, base, db, log, clients, revocations, launches, standing }

  let opening: Promise<{ state: Opened; tokens: Tokens }> | undefined
  const opened = async () => {
    opening ??= open().catch((error: unknown) => {
      opening = undefined
      throw error
    })
    return opening
  }
  const open = async () => {
    const keys = await openKeys(db, options.keys)
    const state = { ...providerOf(keys), keys, looked: performance.now() }
    // whoever makes up key ids makes us read a row, ten times a second at most
    const reload = async () => (await look(state, 100), state.keys)
    const tokens = new Tokens({ issuer, audience: base, keys, revocations, reload })
    return { state, tokens }
  }
  const providerOf = (keys: SigningKeys) => {
    const provider = openProvider(grounds, keys)
    return { provider, callback: provider.callback() as RequestListener }
  }
  const look = async (state: Opened, pause = patience.keys ?? 2000): Promise<void> => {
    if (options.keys !== undefined || performance.now() - state.looked < pause) return
    state.looked = performance.now()
    const keys = await openKeys(db)
    if (JSON.stringify(keys) === JSON.stringify(state.keys)) return
    Object.assign(state, providerOf(keys), { keys })
    ;(await opening)?.tokens.use(keys)
  }

  const who = async (req: IncomingMessage): Promise<Caller> => {
    const { tokens } = await opened()
    return tokens.caller(req.headers.authorization)
  }
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    if (!/^\/(?!\/)/.test(req.url ?? '') || /%00/.test(req.url ?? ''))
      throw new FhirError('invalid', 'This is no address of the authorisation server')
    const { state, tokens } = await opened()
    await look(state)
    const path = (req.url ?? '/').replace(/\?.*/, '')
    const uid = /^\/interaction\/([\w-]{8,64})$/.exec(path)?.[1]
    pin(req, origin)
    if (uid !== undefined && (req.method === 'GET' || req.method === 'POST')) {
      const people = await options.people()
      return interact({ provider: state.provider, grounds, people, step, ipOf }, req, res, uid)
    }
    if (path === '/outbox' && req.method === 'GET' && options.outbox === true && isNear(req)) {
      const people = await options.people()
      const page = await outboxPage(people, {
        action: '/oauth/outbox',
        language: /[?&]lang=hi\b/.test(req.url ?? '') ? 'hi' : 'en',
      })
      if (page) return void res.writeHead(page.status, page.headers).end(page.html)
    }
    if (path === '/sms-status') return takeSmsStatus(await options.people(), options.smsStatusToken, req, res)
    if (path === '/account' || path === '/logout') {
      if (req.method !== 'GET' && req.method !== 'POST') throw new FhirError('not-allowed', 'GET or POST')
      const room = { provider: state.provider, origin, people: await options.people(), step, ipOf }
      return path === '/account' ? ownAccount(room, req, res) : signOut(room, req, res)
    }
    if (path === '/launch' && req.method === 'POST') {
      const caller = await tokens.caller(req.headers.authorization)
      return sendJson(res, 200, await makeLaunch({ house, base, launches }, caller, jsonOf(await readText(req))))
    }
    if (path === '/auth' && req.method === 'GET') askConsent(req)
    if (req.method !== 'POST' || !isForm(req)) return state.callback(req, res)
    const form = new URLSearchParams(await readText(req))
    const shown = form.get('token')
    if ((path === '/introspect' || path === '/revoke') && shown?.split('.').length === 3)
      form.set(
        'token',
        await tokens.caller(`Bearer ${shown}`).then(
          () => decodeJwt(shown).jti ?? '-',
          () => '-',
        ),
      )
    await expectKey(clients, form)
    if (path === '/token' && req.headers.authorization === undefined) await nameClient(state.provider, form)
    state.callback(again(req, form.toString()), res)
  }

  return {
    who,
    listener: atRest((req, res) => {
      answer(req, res).catch((error: unknown) => refuse(res, error, house))
    }),
    origins: () => originsOf(db),
    smartConfiguration: () => smartConfiguration(issuer),
    revocations,
    ticks: [{ name: 'forget what ran out of logins and tokens', schedule: '* * * * *', run: forgetExpired }],
  }
}

/** From this machine itself, passed on by nobody: who reads codes is whoever they were meant for. */
function isNear({ headers, socket: { remoteAddress = '' } }: IncomingMessage): boolean {
  const passed = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'].some((name) => headers[name] !== undefined)
  return !passed && /^(::1|(::ffff:)?127\.[\d.]+)$/.test(remoteAddress)
}

/** oidc-provider makes addresses of the Host header, which a caller may have made up: it is told the configured one. */
function pin(req: IncomingMessage, origin: string): void {
  const { host, protocol } = new URL(origin)
  req.headers['host'] = host
  req.headers['x-forwarded-host'] = host
  req.headers['x-forwarded-proto'] = protocol.slice(0, -1)
}

/** SMART applications ask for offline_access without prompt=consent, which OpenID Connect wants of them; consent is asked for anyway. */
function askConsent(req: IncomingMessage): void {
  const [path = '', query = ''] = (req.url ?? '').split(/\?(.*)/s)
  const asked = new URLSearchParams(query)
  if (!asked.get('scope')?.split(' ').includes('offline_access')) return
  const prompt = asked.get('prompt')
  if (prompt === null) asked.set('prompt', 'consent')
  else if (prompt === 'login') asked.set('prompt', 'login consent')
  else return
  const url = `${path}?${asked.toString()}`
  if ('originalUrl' in req && typeof req.originalUrl === 'string')
    req.originalUrl = req.originalUrl.replace(req.url ?? '', url)
  req.url = url
}

/**
 * SMART lets a public application refresh without its client_id (https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html,
 * "Refresh access token"), and fhirclient does: the token itself says whose it is.
 */
async function nameClient(provider: Provider, form: URLSearchParams): Promise<void> {
  const token = form.get('refresh_token')
  if (form.get('grant_type') !== 'refresh_token' || token === null) return
  if (form.has('client_id') || form.has('client_assertion')) return
  const known = await provider.RefreshToken.find(token)
  if (known?.clientId !== undefined) form.set('client_id', known.clientId)
}

async function expectKey(clients: AppBook, form: URLSearchParams): Promise<void> {
  const assertion = form.get('client_assertion')
  if (assertion === null) return
  try {
    const { sub } = decodeJwt(assertion)
    const { kid } = decodeProtectedHeader(assertion)
    if (sub !== undefined) await clients.expect(sub, kid)
  } catch {
    // what is no JWT is refused by oidc-provider, in its own words
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FhirError('malformed', 'This is not JSON')
  }
}

function refuse(res: ServerResponse, error: unknown, { log }: House): void {
  const refusal = error instanceof FhirError ? error : undefined
  if (!refusal) {
    const stack = error instanceof Error ? error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) : undefined
    log.error(
      { error: error instanceof Error ? error.constructor.name : typeof error, stack: stack?.join('\n') },
      'the authorisation server failed',
    )
  }
  if (res.headersSent) return void res.destroy()
  const status = refusal?.status ?? 500
  if (status === 401) res.setHeader('www-authenticate', 'Bearer')
  sendJson(res, status, {
    error: status < 500 ? 'invalid_request' : 'server_error',
    ...(refusal && { error_description: refusal.message }),
  })
}

function sendJson(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body))
}
