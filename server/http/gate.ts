import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { BlockList } from 'node:net'
import { FhirError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Authority } from './authority.ts'
import { crossOrigin } from './cors.ts'
import { refusalOf } from './failure.ts'
import { Throttled, type Limits } from './limits.ts'
import { cameFrom, isLoopback, type Came } from './proxy.ts'
import { writeReply } from './reply.ts'
import { requestIdOf } from './request-id.ts'
import { refuseOtherSites } from './same-origin.ts'

export interface Gate {
  /** How this server is reached: `https://health.example.in`. */
  readonly origin: string
  /** Absent: AUTH=open. */
  readonly authority?: Authority
  readonly limits: Limits
  readonly trustProxy?: BlockList
  /** Tokens and records go over HTTPS only. */
  readonly secureOnly: boolean
  readonly log: Log
}

/** Half a year, as https://hstspreload.org asks at least a year only of those who want to be on the list. */
const HSTS = 'max-age=15768000'

/**
 * What every request passes before anything of ours reads it: whether it came for us, unread by others, from a site that
 * may send it, and not too often.
 */
export function gate(settings: Gate, inside: RequestListener): RequestListener {
  const { authority } = settings
  const shared = authority && crossOrigin(authority)
  const home = new URL(settings.origin)
  const enter = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const came = cameFrom(req, settings.trustProxy)
    if (came.secure) res.setHeader('strict-transport-security', HSTS)
    if (await shared?.(req, res)) return
    await check(settings, req, came)
    if (isLogin(req.url ?? '')) asKnown(req, home)
    inside(req, res)
  }
  return (req, res) => {
    if (req.url?.startsWith('/') !== true) req.url = pathOf(req.url ?? '')
    const refused = (error: unknown): Promise<void> => refuse(settings.log, req, res, error)
    if (authority) return void enter(req, res).catch(refused)
    try {
      refuseStrangers(req, home)
    } catch (error) {
      return void refused(error)
    }
    inside(req, res)
  }
}

async function check(settings: Gate, req: IncomingMessage, came: Came): Promise<void> {
  const { limits, origin } = settings
  const target = req.url ?? ''
  if (settings.secureOnly && !came.secure && !came.local && !/^\/(livez|readyz)$/.test(target)) {
    const hint = 'Use https. A proxy in front must be named in TRUST_PROXY, and say X-Forwarded-Proto: https.'
    throw new FhirError('forbidden', [{ message: 'This server is reached over HTTPS only.', hint }])
  }
  if (!came.local) await limits.address(came.address)
  if (!isLogin(target)) return
  if (!/^\/oauth\/(jwks|\.well-known\/)/.test(target)) await limits.login(came.address)
  if (opensByCookie(target)) refuseOtherSites(req, origin)
}

function isLogin(target: string): boolean {
  return target.startsWith('/oauth/')
}

/**
 * The pages. What shows a secret or a token of its own needs no cookie, and an app may send its user to the login by POST
 * from its own site (OpenID Connect Core, 3.1.2.1).
 */
function opensByCookie(target: string): boolean {
  return !/^\/oauth\/(auth|launch|token|me|userinfo|introspect|revoke|sms-status)(\?|$|\/(introspection|revocation)(\?|$))/.test(
    target,
  )
}

/**
 * With AUTH=open nothing but the address stands between a page in the browser on this machine and the records: a page whose
 * own name was made to lead here (DNS rebinding) is known by its Host, one that sends something here by its Origin.
 */
function refuseStrangers(req: IncomingMessage, home: URL): void {
  const host = (req.headers.host ?? '').toLowerCase()
  const name = /^\[[^\]]*\]|^[^:]*/.exec(host)?.[0] ?? ''
  const known = host === '' || host === home.host || name === 'localhost' || isLoopback(name.replace(/[[\]]/g, ''))
  if (!known) {
    const hint = 'Use the address that it prints when it starts, or set PUBLIC_URL.'
    throw new FhirError('forbidden', [{ message: 'This server is not known by that name.', hint }])
  }
  const { origin } = req.headers
  if (origin !== undefined && origin !== home.origin && origin !== `http://${host}` && req.method !== 'OPTIONS')
    refuseOtherSites(req, home.origin)
}

/** The authorisation server makes addresses from these headers; a client has no say in them. */
function asKnown(req: IncomingMessage, home: URL): void {
  req.headers.host = home.host
  req.headers['x-forwarded-proto'] = home.protocol.slice(0, -1)
  req.headers['x-forwarded-host'] = home.host
}

/** Of an absolute target (RFC 9112, 3.2.2); what else there is leads nowhere. */
function pathOf(target: string): string {
  return /^https?:\/\/[^/?#]*(\/.*)$/i.exec(target)?.[1] ?? '/'
}

async function refuse(log: Log, req: IncomingMessage, res: ServerResponse, error: unknown): Promise<void> {
  const requestId = requestIdOf(req)
  const refusal = refusalOf(error, { requestId }, log)
  if (res.headersSent) return void res.destroy()
  const headers: Record<string, string> = { ...(error instanceof Throttled && { 'retry-after': `${error.seconds}` }) }
  const wishes = { requestId, pretty: false, gzip: false, head: req.method === 'HEAD' }
  await writeReply(res, { status: refusal.status, headers, body: JSON.stringify(refusal.outcome()) }, wishes)
}
