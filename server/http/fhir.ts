import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor, Context } from '../context.ts'
import { FhirError } from '../errors.ts'
import { desk } from '../interactions/desk.ts'
import type { House } from '../interactions/house.ts'
import type { Body, FhirRequest, RequestHeaders } from '../interactions/request.ts'
import { allowed, findRoute } from '../interactions/route.ts'
import { readAddress, readParameters, type Address } from './address.ts'
import type { Authority } from './authority.ts'
import { readBytes, utf8 } from './body.ts'
import { refusalOf } from './failure.ts'
import { checkFormat, isJson, mediaType } from './format.ts'
import { isExpensive, Throttled, type Limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import { writeReply, type Wishes } from './reply.ts'
import { requestIdOf } from './request-id.ts'
import { Turnstile } from './turnstile.ts'

export interface Door {
  readonly house: House
  /** Public address of the FHIR endpoint. */
  readonly base: string
  /** Who stands at the door; absent with AUTH=open. */
  readonly authority?: Authority | undefined
  readonly limits?: Limits
  readonly bodyLimit: number
  readonly metrics: Metrics
  /** Why requests cannot be answered yet, or any more. */
  readonly readiness: () => string | undefined
}

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
/** Bodies larger than this queue for the memory that their work takes: so many bytes of them are worked on at a time. */
const HEAVY = 64 * 1024
const AT_ONCE = 4 * 1024 * 1024

const withBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH'])

/** Everything under /fhir: bytes → FhirRequest → desk → bytes. `req.url` is below the mount. */
export function fhir(door: Door) {
  const { house, metrics } = door
  const turnstile = new Turnstile(AT_ONCE)
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const started = performance.now()
    const context = new RequestContext(req, res, door.base)
    const wishes = {
      requestId: context.requestId,
      pretty: false,
      gzip: takesGzip(req.headers['accept-encoding']),
      head: req.method === 'HEAD',
    }
    let request: FhirRequest | undefined
    let code: string | undefined
    let leave = () => {}
    let done: (() => void) | undefined
    const enter = async (weight: number): Promise<void> => {
      if (weight > HEAVY) leave = await turnstile.enter(weight)
    }
    try {
      const reason = door.readiness()
      if (reason !== undefined) throw new FhirError('unavailable', `The server is ${reason}.`)
      const address = readAddress(req.url ?? '/')
      if (req.method === 'OPTIONS') return answerOptions(res, allowed(house.routes, address.path))
      if (door.authority && isDiscovery(address)) return await tellSmart(res, door.authority, wishes)
      if (door.authority) context.actor = isOpen(address) ? anybody : await door.authority.who(req)
      if ('role' in context.actor)
        done = await door.limits?.caller(context.actor, isExpensive(req.method ?? '', address.path))
      request = await readRequest(req, address, door.bodyLimit, enter)
      wishes.pretty = address.pretty
      const reply = await desk(house, context, request)
      code = reply.code
      leave()
      await writeReply(res, reply, wishes)
    } catch (error) {
      await refuse(res, error, context, wishes, request, house)
    } finally {
      leave()
      done?.()
    }
    const seconds = (performance.now() - started) / 1000
    code ??= codeOf(house, request)
    metrics.observe(code, res.statusCode, seconds)
    house.log.debug({ requestId: context.requestId, interaction: code, status: res.statusCode, seconds }, 'answered')
  }
}

/** https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html: where to get tokens, told to everybody. */
function isDiscovery({ path }: Address): boolean {
  return path.length === 2 && path[0] === '.well-known' && path[1] === 'smart-configuration'
}

async function tellSmart(res: ServerResponse, authority: Authority, wishes: Wishes): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await writeReply(res, { status: 200, headers, body: JSON.stringify(authority.smartConfiguration()) }, wishes)
}

/** What this server can do is nobody's secret. */
function isOpen({ path }: Address): boolean {
  return path.length === 1 && (path[0] === 'metadata' || path[0] === 'openapi.json')
}

/** What an address answers. Scripts of other origins are not told that they may use it. */
function answerOptions(res: ServerResponse, methods: readonly string[]): void {
  if (methods.length === 0) throw new FhirError('not-found', 'There is nothing at this address')
  res.writeHead(204, { allow: [...methods, 'OPTIONS'].join(', ') }).end()
}

async function refuse(
  res: ServerResponse,
  error: unknown,
  context: RequestContext,
  wishes: Wishes,
  request: FhirRequest | undefined,
  house: House,
): Promise<void> {
  if (context.gone) return
  const refusal = refusalOf(error, context, house.log)
  if (res.headersSent) {
    // Halfway through a stream: breaking the connection is the only way left to say that the answer is not whole.
    res.destroy()
    return
  }
  const headers: Record<string, string> = {}
  if (refusal.refusal === 'too-large') headers['connection'] = 'close'
  if (refusal.refusal === 'not-allowed')
    headers['allow'] = (request ? allowed(house.routes, request.path) : [...methods]).join(', ')
  if (refusal.refusal === 'unavailable') headers['retry-after'] = '5'
  if (error instanceof Throttled) headers['retry-after'] = `${error.seconds}`
  // RFC 6750, 3.1: the error only for whoever showed a token
  if (refusal.refusal === 'unauthenticated')
    headers['www-authenticate'] = `Bearer realm="${context.base}"${context.showed ? ', error="invalid_token"' : ''}`
  await writeReply(res, { status: refusal.status, headers, body: JSON.stringify(refusal.outcome()) }, wishes)
}

/** Of the row that answered; `none` when there is none. */
function codeOf(house: House, request: FhirRequest | undefined): string {
  if (!request) return 'none'
  try {
    return findRoute(house.routes, request.method, request.path).route.code
  } catch {
    return 'none'
  }
}

type Enter = (weight: number) => Promise<void>

async function readRequest(req: IncomingMessage, address: Address, limit: number, enter: Enter): Promise<FhirRequest> {
  const method = req.method ?? 'GET'
  if (!isMethod(method)) throw new FhirError('not-allowed', 'This server does not answer that HTTP method.')
  const { path, query } = address
  const body = withBody.has(method) ? await readBody(req, address, limit, enter) : undefined
  checkFormat(address.format, req.headers.accept, path[0] === 'Binary')
  // _format overrules Accept, which for a Binary decides between the resource and its content
  if (address.format) req.headers.accept = 'application/fhir+json'
  const headers = req.headers as RequestHeaders
  return body ? { method, path, query, headers, body } : { method, path, query, headers }
}

/** JSON as text, a search's form into the query (https://hl7.org/fhir/R4/http.html#search), a Binary's content as bytes. */
async function readBody(
  req: IncomingMessage,
  address: Address,
  limit: number,
  enter: Enter,
): Promise<Body | undefined> {
  const bytes = await readBytes(req, limit)
  if (bytes.length === 0) return undefined
  await enter(bytes.length)
  const contentType = req.headers['content-type']
  if (contentType === undefined)
    throw new FhirError('unsupported-media', 'The request has a body, but no Content-Type.')
  const type = mediaType(contentType)
  if (isJson(type)) return { kind: 'text', text: utf8(bytes), contentType: type }
  if (type === 'application/x-www-form-urlencoded' && address.path.at(-1) === '_search') {
    readParameters(utf8(bytes), address)
    return undefined
  }
  if (address.path[0] === 'Binary') return { kind: 'bytes', bytes, contentType }
  throw new FhirError('unsupported-media', 'The Content-Type is not one this address takes.')
}

function takesGzip(accepted: string | string[] | undefined): boolean {
  return typeof accepted === 'string' && accepted.includes('gzip') && !/gzip;\s*q=0(\.0*)?\s*(,|$)/.test(accepted)
}

function isMethod(method: string): method is FhirRequest['method'] {
  return methods.has(method)
}

const nobody: Actor = { kind: 'open' }
const anybody: Actor = { kind: 'system', name: 'anybody' }

/** The context of one HTTP request. An AbortController costs, so it is made when someone asks for the signal. */
class RequestContext implements Context {
  actor: Actor = nobody
  readonly requestId: string
  /** Something that should say who asks. */
  readonly showed: boolean
  private controller: AbortController | undefined

  constructor(
    req: IncomingMessage,
    private readonly res: ServerResponse,
    readonly base: string,
  ) {
    this.requestId = requestIdOf(req)
    this.showed = req.headers.authorization !== undefined
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      const controller = (this.controller = new AbortController())
      if (this.gone) controller.abort()
      else this.res.once('close', () => this.gone && controller.abort())
    }
    return this.controller.signal
  }

  /** The caller went away before the answer was written. */
  get gone(): boolean {
    return this.res.closed && !this.res.writableFinished
  }
}
