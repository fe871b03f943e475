import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authority } from './authority.ts'

/** Seconds for which the origins of the registered apps are remembered: an app taken away is out after that. */
const REMEMBERED = 10
/** Seconds for which a browser may remember a preflight. */
const MAX_AGE = '600'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const HEADERS =
  'authorization, content-type, accept, prefer, if-match, if-none-match, if-none-exist, if-modified-since, x-request-id'
const EXPOSED =
  'etag, location, content-location, last-modified, x-request-id, retry-after, www-authenticate, content-disposition'

/** What scripts may call: FHIR, and of the authorisation server all but its pages. */
const open = /^\/(fhir(\/|\?|$)|oauth\/(launch|token|jwks|me|userinfo|introspect|revoke|\.well-known)(\/|\?|$))/

/**
 * Lets scripts of registered apps read answers (https://fetch.spec.whatwg.org/#http-cors-protocol). By name, never `*`, and
 * without credentials: a token is sent by hand, a cookie never. True: it was a preflight, and is answered. Undefined: nobody
 * asks from a page.
 */
export function crossOrigin(
  authority: Authority,
): (req: IncomingMessage, res: ServerResponse) => Promise<boolean> | undefined {
  let known: Promise<ReadonlySet<string>> | undefined
  let until = 0
  const origins = async (): Promise<ReadonlySet<string>> => {
    if (!known || Date.now() >= until) {
      until = Date.now() + REMEMBERED * 1000
      known = authority.origins()
      known.catch(() => (known = undefined))
    }
    return known
  }
  const share = async (req: IncomingMessage, res: ServerResponse): Promise<boolean> => {
    const { origin, 'access-control-request-method': method } = req.headers
    const told = origin !== undefined && origin !== 'null' && open.test(req.url ?? '') && (await origins()).has(origin)
    if (req.url?.startsWith('/oauth/') === true) lastWord(res, told ? origin : undefined)
    else if (told) tell(res, origin)
    if (!told || req.method !== 'OPTIONS' || method === undefined) return false
    const preflight = { 'access-control-allow-methods': METHODS, 'access-control-allow-headers': HEADERS }
    tell(res, origin)
    res.writeHead(204, { ...preflight, 'access-control-max-age': MAX_AGE }).end()
    return true
  }
  return (req, res) =>
    req.headers.origin === undefined && req.url?.startsWith('/oauth/') !== true ? undefined : share(req, res)
}

function tell(res: ServerResponse, origin: string): void {
  res.setHeader('access-control-allow-origin', origin)
  res.setHeader('access-control-expose-headers', EXPOSED)
  res.setHeader('vary', 'origin')
}

/** oidc-provider lets every origin read some of its answers: what it says is replaced as the answer leaves. */
function lastWord(res: ServerResponse, origin: string | undefined): void {
  const leave = res.writeHead.bind(res) as (...given: unknown[]) => ServerResponse
  res.writeHead = (...given: unknown[]) => {
    for (const name of res.getHeaderNames()) if (name.startsWith('access-control-')) res.removeHeader(name)
    if (origin !== undefined) tell(res, origin)
    return leave(...given)
  }
}
