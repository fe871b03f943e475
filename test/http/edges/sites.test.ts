import { expect } from 'chai'
import type { OpenDoor } from '../../../server/http/server.ts'
import { ask } from '../ask.ts'
import { startServer, type TestServer } from '../server.ts'
import { bearer, guardedDoor, plainAuthority } from './door.ts'

const app = 'https://app.example.in'
const stranger = 'https://evil.example'

describe('scripts of other sites', () => {
  let server: TestServer
  let door: OpenDoor
  before(async () => {
    server = await startServer()
    door = await guardedDoor(server.house, { authorityOf: () => plainAuthority([app]) })
  })
  after(async () => {
    await door.close(100)
    await server.stop()
  })

  const allowed = 'access-control-allow-origin'
  const preflight = (target: string, origin: string) => {
    const headers = {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization',
    }
    return ask(door.origin, 'OPTIONS', target, { headers })
  }
  const open = ['/fhir', '/fhir/Patient/1', '/fhir/.well-known/smart-configuration', '/oauth/token', '/oauth/jwks']

  it('of a registered app may ask, and read the answers', async () => {
    for (const target of open) {
      const { status, headers } = await preflight(target, app)
      expect(status, target).to.equal(204)
      expect(headers[allowed], target).to.equal(app)
      expect(headers['access-control-allow-methods']).to.contain('PUT')
      expect(headers['access-control-allow-headers']).to.contain('authorization').and.contain('if-match')
      const answer = await ask(door.origin, 'GET', target, { headers: { origin: app } })
      expect(answer.headers[allowed], target).to.equal(app)
      expect(answer.headers.vary, target).to.match(/\borigin\b/i)
      expect(answer.headers['access-control-expose-headers']).to.contain('etag')
    }
  })

  it('may read why they were refused', async () => {
    const answer = await ask(door.origin, 'GET', '/fhir/Patient/1', { headers: { origin: app } })
    expect(answer.status).to.equal(401)
    expect(answer.headers[allowed]).to.equal(app)
  })

  const others = [stranger, 'null', 'https://app.example.in.evil.example', 'http://app.example.in', `${app}:8443`, '*']
  for (const origin of others) {
    it(`of ${origin} may not`, async () => {
      for (const target of open) {
        const answers = [
          await preflight(target, origin),
          await ask(door.origin, 'GET', target, { headers: { origin } }),
        ]
        for (const { headers } of answers)
          expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).to.deep.equal([])
      }
    })
  }

  it('never come with cookies, and never to the pages of the login', async () => {
    for (const target of [...open, '/oauth/auth', '/oauth/interaction/1', '/', '/metrics']) {
      for (const method of ['OPTIONS', 'GET']) {
        const { headers } = await ask(door.origin, method, target, {
          headers: { origin: app, 'access-control-request-method': 'POST' },
        })
        expect(headers, target).not.to.have.property('access-control-allow-credentials')
        expect(headers[allowed], target).to.equal(open.includes(target) ? app : undefined)
      }
    }
  })

  const post = (target: string, headers: Record<string, string>) =>
    ask(door.origin, 'POST', target, { headers: { 'content-type': 'text/plain', ...headers }, body: 'x' })

  it('send nothing to what a cookie opens', async () => {
    for (const target of [
      '/oauth/interaction/1',
      '/oauth/session/end',
      '/oauth/session/end/confirm',
      '/oauth/auth/1',
    ]) {
      for (const headers of [
        { origin: stranger, 'sec-fetch-site': 'cross-site' },
        { origin: app, 'sec-fetch-site': 'same-site' },
        { origin: door.origin, 'sec-fetch-site': 'cross-site' },
        { origin: stranger },
        { origin: 'null' },
        {},
      ])
        expect((await post(target, headers)).status, `${target} ${JSON.stringify(headers)}`).to.equal(403)
      for (const headers of [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, { origin: door.origin }])
        expect((await post(target, headers)).status, `${target} ${JSON.stringify(headers)}`).to.equal(200)
    }
  })

  it('may send a user to the login, and apps without a browser may ask for tokens', async () => {
    expect((await post('/oauth/auth', { origin: app, 'sec-fetch-site': 'cross-site' })).status).to.equal(200)
    for (const target of ['/oauth/token', '/oauth/token/introspection', '/oauth/token/revocation'])
      expect((await post(target, {})).status, target).to.equal(200)
  })

  it('find nothing in other spellings of these addresses', async () => {
    for (const target of [
      '/OAuth/interaction/1',
      '//oauth/interaction/1',
      '/%6fauth/interaction/1',
      '/x/../oauth/interaction/1',
    ])
      expect((await post(target, { origin: stranger })).status, target).to.equal(404)
    const absolute = await post(`${door.origin}/oauth/interaction/1`, { origin: stranger })
    expect(absolute.status).to.equal(403)
  })

  it('do nothing to an open server on this machine', async () => {
    const headers = { 'content-type': 'text/csv' }
    for (const more of [
      { origin: stranger },
      { origin: 'null' },
      { origin: stranger, 'sec-fetch-site': 'cross-site' },
    ]) {
      const sent = await ask(server.origin, 'POST', '/intake/lab', { headers: { ...headers, ...more }, body: 'x' })
      expect(sent.status).to.equal(403)
    }
    const own = { 'content-type': 'application/fhir+json', origin: server.origin }
    const body = '{"resourceType":"Patient"}'
    expect((await ask(server.origin, 'POST', '/fhir/Patient', { headers: own, body })).status).to.equal(201)
  })

  it('do not reach an open server by a name that was made to lead to it', async () => {
    const { port } = new URL(server.origin)
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example'])
      expect((await ask(server.origin, 'GET', '/fhir/Patient', { headers: { host } })).status, host).to.equal(403)
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST:9999'])
      expect((await ask(server.origin, 'GET', '/fhir/Patient', { headers: { host } })).status, host).to.equal(200)
  })

  it('cannot have pages framed, guessed or filled with scripts', async () => {
    for (const target of ['/', '/oauth/interaction/1']) {
      const { headers } = await ask(door.origin, 'GET', target)
      expect(headers['content-security-policy'], target)
        .to.contain("default-src 'none'")
        .and.contain("frame-ancestors 'none'")
      expect(headers['content-security-policy'], target).to.match(/script-src 'self'(;|$)/)
      expect(headers['x-content-type-options'], target).to.equal('nosniff')
    }
    const { headers } = await ask(door.origin, 'GET', '/fhir/Patient/1', { headers: bearer('doctor rose') })
    expect(headers).to.include({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    expect(headers['content-security-policy']).to.contain('sandbox')
  })
})
