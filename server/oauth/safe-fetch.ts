import { lookup as resolve } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

export interface FetchLimits {
  /** Milliseconds for all of it. */
  readonly time: number
  /** Bytes. */
  readonly size: number
  /** Whether this machine itself may be asked, also without TLS: only where the server listens on loopback alone. */
  readonly loopback: boolean
}

/** Why nothing was fetched; never with the address or what came back. */
export class Unfetched extends Error {}

/**
 * JSON from an address somebody else gave: https, a public address after names are resolved (and that very address is
 * connected to), no redirects, in bounded time and size. So nobody looks through us into the network we stand in.
 */
export async function fetchJson(address: string, limits: FetchLimits): Promise<unknown> {
  const url = checkedUrl(address, limits)
  const text = await get(url, limits)
  try {
    return JSON.parse(text)
  } catch {
    throw new Unfetched('it is not JSON')
  }
}

/** For whoever registers an address: a sentence when it could never be fetched. */
export function checkedUrl(address: string, { loopback }: Pick<FetchLimits, 'loopback'>): URL {
  if (!URL.canParse(address)) throw new Unfetched('it is not a URL')
  const url = new URL(address)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const own = loopback && (host === 'localhost' || isLoopback(host))
  if (url.protocol !== 'https:' && !(own && url.protocol === 'http:')) throw new Unfetched('it is not https')
  if (url.username !== '' || url.password !== '') throw new Unfetched('it holds a password')
  if (isIP(host) !== 0 && !own && !isPublic(host)) throw new Unfetched('its address is not public')
  return url
}

function get(url: URL, limits: FetchLimits): Promise<string> {
  return new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      lookup: guarded(limits.loopback),
      agent: false,
      signal: AbortSignal.timeout(limits.time),
      headers: { accept: 'application/json', 'user-agent': 'parchi' },
      maxHeaderSize: 8192,
    })
    const refuse = (why: string): void => {
      request.destroy()
      fail(new Unfetched(why))
    }
    request.on('error', (error) => fail(error instanceof Unfetched ? error : new Unfetched('it cannot be reached')))
    request.on('response', (response) => {
      if (response.statusCode !== 200) return refuse('it does not answer 200')
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > limits.size) refuse('it is too large')
        else chunks.push(chunk)
      })
      response.on('end', () => done(Buffer.concat(chunks).toString('utf8')))
      response.on('error', () => fail(new Unfetched('it broke off')))
    })
    request.end()
  })
}

/** Refuses a name when any of its addresses is not public: so no answer of a name server slips one in. */
function guarded(loopback: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) return callback(new Unfetched('its name has no address'), '', 0)
      if (!addresses.every(({ address }) => isPublic(address) || (loopback && isLoopback(address))))
        return callback(new Unfetched('its address is not public'), '', 0)
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sibling. */
const special = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15],
  ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) special.addSubnet(network, prefix, 'ipv4') // prettier-ignore
const unicast = new BlockList()
unicast.addSubnet('2000::', 3, 'ipv6')
/** Of global unicast: those that stand for others (Teredo, 6to4), and those for books. */
const excepted = new BlockList()
for (const [network, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const)
  excepted.addSubnet(network, prefix, 'ipv6') // prettier-ignore

export function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !special.check(address, 'ipv4')
  return isIP(address) === 6 && unicast.check(address, 'ipv6') && !excepted.check(address, 'ipv6')
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}
