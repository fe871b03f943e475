import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Taken {
  readonly headers: IncomingHttpHeaders
  readonly body: Readonly<Record<string, unknown>>
}

type Reply = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> } | 'cut' | 'silence' // prettier-ignore

/** A real gateway on this machine: `replies` says what it answers next; when there is none left, it takes everything. */
export async function openGateway() {
  const taken: Taken[] = []
  const replies: Reply[] = []
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      taken.push({ headers: req.headers, body: JSON.parse(body) as Record<string, unknown> })
      const reply = replies.shift() ?? { status: 200, body: { id: `gw-${taken.length}` } }
      if (reply === 'cut') return void res.destroy()
      if (reply === 'silence') return undefined
      res.writeHead(reply.status, reply.headers).end(JSON.stringify(reply.body ?? {}))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`
  return {
    taken,
    replies,
    gateway: { url, token: 'gateway-token', sender: 'PARCHI', entity: '1001' },
    close: () => new Promise<void>((done) => (server.closeAllConnections(), server.close(() => done()))),
  }
}
