import { expect } from 'chai'
import { once } from 'node:events'
import { copyFileSync, readFileSync } from 'node:fs'
import { Agent, request, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import type { IncomingHttpHeaders } from 'node:http'
import type { OpenDoor } from '../../../server/http/server.ts'
import { temporaryFolder } from '../../harness.ts'
import { until } from '../../harness/until.ts'
import { ask, say } from '../ask.ts'
import { startServer, type TestServer } from '../server.ts'
import { makeCertificates } from './certificates.ts'
import { guardedDoor } from './door.ts'

describe('the door with TLS', () => {
  let folder: string
  let server: TestServer
  let door: OpenDoor
  const file = (name: string) => join(folder, name)
  const put = (name: string, as = 'used') =>
    ['pem', 'key'].forEach((end) => copyFileSync(file(`${name}.${end}`), file(`${as}.${end}`)))

  before(async function () {
    folder = await temporaryFolder()
    if (!makeCertificates(folder, { first: '/CN=localhost/O=first', second: '/CN=localhost/O=second' })) this.skip()
    put('first')
    server = await startServer()
    door = await guardedDoor(server.house, { tlsCert: file('used.pem'), tlsKey: file('used.key'), tlsEvery: 50 })
  })
  after(async () => {
    await door?.close(100)
    await server?.stop()
  })

  const secure = (options: RequestOptions & { target?: string } = {}) => get(door.origin, file('ca.pem'), options)

  it('speaks HTTPS, and says so in its address', async () => {
    expect(door.origin).to.match(/^https:/)
    expect((await secure()).status).to.equal(200)
  })

  it('tells browsers to come back by HTTPS only, and only when they came by it', async () => {
    for (const target of ['/livez', '/', '/fhir/metadata', '/oauth/jwks', '/fhir/Patient/1', '/nothing'])
      expect((await secure({ target })).headers['strict-transport-security'], target).to.match(/^max-age=\d{7,}$/)
    const plain = await guardedDoor(server.house)
    for (const target of ['/livez', '/', '/fhir/Patient/1'])
      expect((await ask(plain.origin, 'GET', target)).headers).not.to.have.property('strict-transport-security')
    await plain.close(100)
  })

  const old: readonly [string, Parameters<typeof connect>[1]][] = [
    ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }],
    ['a cipher without authenticated encryption', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
  ]
  for (const [what, options] of old)
    it(`refuses ${what}`, async () => expect(await handshake(door.origin, options)).to.equal('refused'))
  it('takes TLS 1.2 and 1.3', async () => {
    expect(await handshake(door.origin, { maxVersion: 'TLSv1.2' })).to.equal('TLSv1.2')
    expect(await handshake(door.origin, { minVersion: 'TLSv1.3' })).to.equal('TLSv1.3')
  })

  it('closes on those who do not speak TLS, and stays', async () => {
    const heard = await say(door.origin.replace('https', 'http'), 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n')
    expect(heard).not.to.contain('HTTP/1.1')
    expect((await secure()).status).to.equal(200)
  })

  it('takes a renewed certificate without dropping a connection, and keeps the old one when the new one is broken', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const before = await secure({ agent })
    expect(before.issued).to.equal('first')
    put('second')
    await until(async () => (await secure()).issued === 'second')
    expect(await secure({ agent })).to.deep.include({ status: 200, port: before.port })

    copyFileSync(file('first.key'), file('used.key'))
    await until(async () => /cannot be read again/.test(server.logged()))
    expect((await secure()).issued).to.equal('second')
    agent.destroy()
  })

  it('reads its certificate again on SIGHUP', async () => {
    // Files of its own: Node looks at one file at the pace of whoever watched it first, and the door above looks often.
    const own = { tlsCert: file('own.pem'), tlsKey: file('own.key'), tlsEvery: 3_600_000 }
    copyFileSync(file('second.pem'), own.tlsCert)
    copyFileSync(file('first.key'), own.tlsKey)
    const mixed = await guardedDoor(server.house, own).catch(() => undefined)
    expect(mixed, 'a certificate without its key').to.equal(undefined)
    put('second', 'own')
    const other = await guardedDoor(server.house, own)
    put('first', 'own')
    expect((await get(other.origin, file('ca.pem'))).issued).to.equal('second')
    process.emit('SIGHUP', 'SIGHUP')
    expect((await get(other.origin, file('ca.pem'))).issued).to.equal('first')
    await other.close(100)
  })
})

interface SecureAnswer {
  status: number
  headers: IncomingHttpHeaders
  /** Organisation of the certificate that was shown. */
  issued: string | undefined
  /** Our end of the connection. */
  port: number | undefined
}

function get(origin: string, ca: string, { target = '/livez', ...options }: RequestOptions & { target?: string } = {}): Promise<SecureAnswer> {
  const { port } = new URL(origin)
  const place = { hostname: '127.0.0.1', port, path: target, servername: 'localhost', ca: readFileSync(ca), agent: new Agent({ maxCachedSessions: 0 }) }
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...place, ...options }, (incoming) => {
      const socket = incoming.socket as TLSSocket
      const answer = {
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        issued: socket.getPeerCertificate().subject?.O as string | undefined,
        port: socket.localPort,
      }
      incoming.resume().once('end', () => resolve(answer))
    })
    outgoing.once('error', reject).end()
  })
} // prettier-ignore

async function handshake(origin: string, options: Parameters<typeof connect>[1]): Promise<string | null> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1', { ...options, rejectUnauthorized: false })
  try {
    await once(socket, 'secureConnect')
    return socket.getProtocol()
  } catch {
    return 'refused'
  } finally {
    socket.destroy()
  }
}
