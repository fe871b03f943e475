import type { IncomingMessage } from 'node:http'
import { isIP, type BlockList, type Socket } from 'node:net'

/** Where a request comes from, as far as it can be believed. */
export interface Came {
  readonly address: string
  /** Over HTTPS, to us or to a proxy that is trusted. */
  readonly secure: boolean
  /** From this machine itself, not passed on by anybody. */
  readonly local: boolean
}

/**
 * The socket says it. X-Forwarded-For and X-Forwarded-Proto count only as far as trusted proxies wrote them: read from
 * the right, the first address that is none of theirs. What a client puts before that is its own invention.
 */
export function cameFrom(req: IncomingMessage, trusted: BlockList | undefined): Came {
  const { address: peer, isLocal } = peerOf(req.socket)
  const encrypted = 'encrypted' in req.socket && req.socket.encrypted === true
  const forwarded = req.headers['x-forwarded-for'] ?? req.headers['forwarded']
  if (!trusted || !isOneOf(trusted, peer))
    return { address: peer, secure: encrypted, local: forwarded === undefined && isLocal }
  const secure = encrypted || last(req.headers['x-forwarded-proto']) === 'https'
  const steps = words(req.headers['x-forwarded-for'])
  if (steps.length === 0) return { address: peer, secure, local: forwarded === undefined && isLocal }
  let address = peer
  for (const step of steps.toReversed()) {
    const said = plain(step)
    if (isIP(said) === 0) break
    address = said
    if (!isOneOf(trusted, said)) break
  }
  return { address, secure, local: false }
}

/** The same for all requests of a connection. */
function peerOf(socket: Socket): Peer {
  let peer = peers.get(socket)
  if (!peer) {
    const address = plain(socket.remoteAddress ?? '')
    peers.set(socket, (peer = { address, isLocal: isLoopback(address) }))
  }
  return peer
}

interface Peer {
  readonly address: string
  readonly isLocal: boolean
}

const peers = new WeakMap<Socket, Peer>()

export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address)
}

function isOneOf(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Without a port, brackets or the prefix of an IPv4 address that came over IPv6. */
function plain(address: string): string {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(address) ?? []
  if (bracketed !== undefined) return bracketed
  const [, bare] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address) ?? []
  return bare ?? address
}

function words(header: string | readonly string[] | undefined): string[] {
  const text = typeof header === 'string' ? header : (header?.join(',') ?? '')
  return text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean)
}

/** Of several proxies the nearest wrote the last word. */
function last(header: string | readonly string[] | undefined): string | undefined {
  return words(header).at(-1)?.toLowerCase()
}
