import { expect } from 'chai'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OpenDoor } from '../../../server/http/server.ts'
import { ask, say } from '../ask.ts'
import { startServer, type TestServer } from '../server.ts'
import { guardedDoor } from './door.ts'

const fhir = { 'content-type': 'application/fhir+json' }
const patient = (id: string) => JSON.stringify({ resourceType: 'Patient', id })

describe('odd requests', () => {
  let server: TestServer
  let door: OpenDoor
  before(async () => {
    server = await startServer({ env: { REQUEST_TIMEOUT: '1s' } })
    door = await guardedDoor(server.house, { publicUrl: 'https://health.example.in' })
    await ask(server.origin, 'PUT', '/fhir/Patient/stays', { headers: fhir, body: patient('stays') })
  })
  after(async () => {
    await door.close(100)
    await server.stop()
  })

  const raw = (lines: readonly string[], body = '') => say(server.origin, `${lines.join('\r\n')}\r\n\r\n${body}`)
  const statuses = (heard: string) => [...heard.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
  const there = async (id: string) => (await ask(server.origin, 'GET', `/fhir/Patient/${id}`)).status

  const inner = `PUT /fhir/Patient/smuggled HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 42\r\n\r\n${patient('smuggled')}`
  const smuggling: Record<string, readonly [headers: readonly string[], body: string]> = {
    'both a length and chunks': [['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    'chunks, then a length': [['Transfer-Encoding: chunked', 'Content-Length: 5'], `0\r\n\r\n${inner}`],
    'two lengths': [['Content-Length: 0', `Content-Length: ${inner.length}`], inner],
    'a list of lengths': [[`Content-Length: 0, ${inner.length}`], inner],
    'a length with a sign': [['Content-Length: +0'], inner],
    'a length in hex': [['Content-Length: 0x0'], inner],
    'chunks of another spelling': [['Transfer-Encoding: xchunked', 'Content-Length: 0'], inner],
    'chunks that are not the last coding': [['Transfer-Encoding: chunked, identity'], `0\r\n\r\n${inner}`],
    'a space before the colon': [['Content-Length : 0'], inner],
    'a folded header': [['X-Odd: a', ' Content-Length: 0', 'Transfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
    'a chunk whose size is nonsense': [['Transfer-Encoding: chunked'], `zz\r\n${inner}`],
    'a bare line feed between headers': [['Content-Length: 0\nTransfer-Encoding: chunked'], `0\r\n\r\n${inner}`],
  }
  for (const [what, [headers, body]] of Object.entries(smuggling)) {
    it(`hides no second request behind ${what}`, async () => {
      const heard = await raw(['POST /fhir/Patient HTTP/1.1', 'Host: localhost', 'Content-Type: application/fhir+json', ...headers], body) // prettier-ignore
      expect(statuses(heard)).to.deep.equal([400])
      expect(await there('smuggled')).to.equal(404)
    })
  }

  it('take no other method from a header or a parameter', async () => {
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      await ask(server.origin, 'POST', '/fhir/Patient/stays', {
        headers: { ...fhir, [name]: 'DELETE' },
        body: patient('stays'),
      })
      await ask(server.origin, 'GET', '/fhir/Patient/stays?_method=DELETE', { headers: { [name]: 'DELETE' } })
    }
    expect(await there('stays')).to.equal(200)
  })

  it('make no address from the Host or X-Forwarded-Host of a client', async () => {
    const headers = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'ftp',
      forwarded: 'host=evil.example',
    }
    const answers = [
      await ask(door.origin.replace(/.*/, `http://127.0.0.1:${door.port}`), 'GET', '/fhir/metadata', { headers }),
      await ask(`http://127.0.0.1:${door.port}`, 'GET', '/oauth/auth', { headers }),
      await ask(`http://127.0.0.1:${door.port}`, 'GET', '/', { headers }),
      await ask(`http://127.0.0.1:${door.port}`, 'GET', '/fhir/Patient', { headers }),
    ]
    for (const { text, headers: told } of answers) expect(text + JSON.stringify(told)).not.to.contain('evil')
    expect(answers[0]?.text).to.contain('https://health.example.in/fhir')
    expect(answers[1]?.json).to.include({
      host: 'health.example.in',
      protocol: 'https',
      forwarded: 'health.example.in',
    })
  })

  it('add no header or line of their own', async () => {
    const evil = '%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a<script>'
    for (const target of [
      `/fhir/Patient/${evil}`,
      `/fhir/Patient?_count=${evil}`,
      `/fhir/${evil}`,
      `/intake/${evil}`,
      `/intake/lab/${evil}/errors.csv`,
      `/oauth/${evil}`,
      `/${evil}`,
    ])
      for (const origin of [server.origin, `http://127.0.0.1:${door.port}`]) {
        const { headers, text } = await ask(origin, 'GET', target)
        expect(headers, target).not.to.have.property('set-cookie')
        if (!String(headers['content-type']).includes('json')) expect(text).not.to.contain('<script>')
      }
    for (const id of ['a\tb', 'a b', '"><script>', 'x'.repeat(65), '{}', ''])
      expect(
        (await ask(server.origin, 'GET', '/livez', { headers: { 'x-request-id': id } })).headers['x-request-id'],
      ).not.to.equal(id)
    const kept = await ask(server.origin, 'GET', '/fhir/Patient/stays', { headers: { 'x-request-id': 'abc-1.2_3' } })
    expect(kept.headers['x-request-id']).to.equal('abc-1.2_3')
  })

  it('may have no more than 16 KB of headers', async () => {
    const long = await raw(['GET /fhir/Patient HTTP/1.1', 'Host: localhost', `X-Long: ${'x'.repeat(20_000)}`])
    expect(statuses(long)).to.deep.equal([431])
    const many = Array.from({ length: 3000 }, (_, n) => `X-${n}: y`)
    expect(statuses(await raw(['GET /fhir/Patient HTTP/1.1', 'Host: localhost', ...many]))).to.deep.equal([431])
  })

  it('are cut off when they come drop by drop', async () => {
    const dripping: readonly string[] = [
      'GET /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nX-A: ',
      'POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\nContent-Length: 100000\r\n\r\n{',
    ]
    const ends = dripping.map((start) => drip(server.origin, start))
    expect(await there('stays')).to.equal(200)
    for (const heard of await Promise.all(ends)) expect(heard).to.match(/^(HTTP\/1\.1 408|$)/)
    expect(await there('stays')).to.equal(200)
  })

  it('of upgrades and tunnels lead nowhere', async () => {
    const upgrade = [
      'GET /fhir/metadata HTTP/1.1',
      'Host: localhost',
      'Connection: Upgrade, HTTP2-Settings',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
      'Connection: close',
    ]
    for (const status of statuses(await raw(upgrade))) expect(status).to.be.oneOf([200, 400])
    expect(await raw(['CONNECT evil.example:443 HTTP/1.1', 'Host: evil.example:443'])).not.to.match(/^HTTP\/1\.1 2/)
    expect(statuses(await raw(['PRI * HTTP/2.0'], 'SM\r\n\r\n'))).to.not.include(200)
  })

  it('with an absolute address are read as those without', async () => {
    const heard = await raw([
      `GET ${server.origin}/fhir/Patient/stays HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
    ])
    expect(statuses(heard)).to.deep.equal([200])
    expect(
      statuses(await raw(['GET ftp://x/fhir/Patient/stays HTTP/1.1', 'Host: localhost', 'Connection: close'])).at(0),
    ).to.not.equal(500)
  })
})

/** One byte every 50 ms until the other side closes; all that it said. */
function drip(origin: string, start: string): Promise<string> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    let heard = ''
    const socket: Socket = connect(Number(port), hostname, () => socket.write(start))
    void (async () => {
      while (!socket.destroyed && socket.writable) {
        await sleep(50)
        if (socket.writable) socket.write('x')
      }
    })()
    socket.on('data', (chunk) => (heard += chunk.toString()))
    socket.on('error', () => undefined)
    socket.once('close', () => resolve(heard))
  })
}
