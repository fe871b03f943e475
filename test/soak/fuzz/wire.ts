import { connect } from 'node:net'
import type { WireRequest } from './request.ts'

export interface WireAnswer {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly head: string
  readonly body: string
  readonly milliseconds: number
}

const PATIENCE = 20_000

/** One request on its own connection, byte for byte: an HTTP library would mend or refuse what is odd. */
export function send(origin: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(origin)
  const before = performance.now()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname)
    const end = () => {
      socket.destroy()
      resolve({ ...read(Buffer.concat(chunks)), milliseconds: performance.now() - before })
    }
    socket.setTimeout(PATIENCE, end)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', end)
    socket.on('error', () => undefined)
    socket.write(bytesOf(request))
  })
}

export function bytesOf({ method, path, headers, body }: WireRequest): Buffer {
  const lines = [
    `${method} ${path} HTTP/1.1`,
    'host: localhost',
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ]
  if (body) lines.push(`content-length: ${body.length}`)
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body ?? Buffer.alloc(0)])
}

function read(bytes: Buffer): { status: number; head: string; body: string } {
  const split = bytes.indexOf('\r\n\r\n')
  const head = bytes.toString('latin1', 0, Math.max(0, split))
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0),
    head,
    body: bytes.toString('utf8', split + 4),
  }
}
