import { expect } from 'chai'
import { readConfig } from '../../../server/config.ts'
import type { OpenDoor } from '../../../server/http/server.ts'
import { ask } from '../ask.ts'
import { startServer, type TestServer } from '../server.ts'
import { bearer, guardedDoor } from './door.ts'

describe('GET /metrics', () => {
  let server: TestServer
  let door: OpenDoor
  const metricsToken = 'a-token-for-prometheus'
  before(async () => {
    server = await startServer()
    const { trustProxy } = readConfig({ TRUST_PROXY: 'loopback' })
    door = await guardedDoor(server.house, { metricsToken, ...(trustProxy && { trustProxy }) })
  })
  after(async () => {
    await door.close(100)
    await server.stop()
  })

  const outside = { 'x-forwarded-for': '203.0.113.7' }
  const asked = async (headers: Record<string, string>) =>
    (await ask(door.origin, 'GET', '/metrics', { headers })).status

  it('answers this machine, whoever has its token, and administrators', async () => {
    expect(await asked({})).to.equal(200)
    expect(await asked({ ...outside, authorization: `Bearer ${metricsToken}` })).to.equal(200)
    expect(await asked({ ...outside, ...bearer('administrator') })).to.equal(200)
  })

  it('answers nobody else', async () => {
    expect(await asked(outside)).to.equal(401)
    expect(await asked({ ...outside, authorization: 'Bearer a-token-for-prometheuz' })).not.to.equal(200)
    for (const token of ['doctor rose', 'it rose', 'emr rose', 'officer', 'reporting', 'clerk rose', 'patient - p'])
      expect(await asked({ ...outside, ...bearer(token) }), token).to.equal(403)
  })

  it('leaves it open whether the server lives and is ready', async () => {
    for (const target of ['/livez', '/readyz'])
      expect((await ask(door.origin, 'GET', target, { headers: outside })).status, target).to.equal(200)
  })

  it('takes the token for nothing else', async () => {
    const headers = { ...outside, authorization: `Bearer ${metricsToken}` }
    expect((await ask(door.origin, 'GET', '/fhir/Patient', { headers })).status).to.be.oneOf([401, 403])
  })

  it('is not reached over plain HTTP from a network where HTTPS is spoken, nor is anything else', async () => {
    const wide = await guardedDoor(server.house, { host: '0.0.0.0', publicUrl: 'https://health.example.in', metricsToken, trustProxy: readConfig({ TRUST_PROXY: 'loopback' }).trustProxy }) // prettier-ignore
    const origin = `http://127.0.0.1:${wide.port}`
    const token = { authorization: `Bearer ${metricsToken}` }
    for (const target of ['/metrics', '/fhir/metadata', '/oauth/token', '/'])
      expect((await ask(origin, 'GET', target, { headers: { ...outside, ...token } })).status, target).to.equal(403)
    for (const target of ['/livez', '/readyz'])
      expect((await ask(origin, 'GET', target, { headers: outside })).status, target).to.equal(200)
    const secure = { ...outside, ...token, 'x-forwarded-proto': 'https' }
    const answer = await ask(origin, 'GET', '/metrics', { headers: secure })
    expect(answer.status).to.equal(200)
    expect(answer.headers['strict-transport-security']).to.match(/max-age/)
    await wide.close(100)
  })
})
