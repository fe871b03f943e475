import { expect } from 'chai'
import { freePort } from '../harness/free-port.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { CALLBACK } from './app.ts'
import { assertion, FACILITY, keyPair, post, registered } from './world.ts'

const PUBLIC = 'https://health.example.in'

describe('Behind a proxy that speaks HTTPS', () => {
  let server: TestServer
  let at: string
  before(async () => {
    const port = await freePort()
    server = await startServer({ env: { AUTH: 'on', PUBLIC_URL: PUBLIC, PORT: String(port) } })
    at = `http://127.0.0.1:${port}`
  })
  after(() => server.stop())

  it('a login has the public address and cookies for HTTPS alone', async () => {
    await registered(server, { id: 'app', kind: 'public', scopes: 'patient/*.rs', redirectUris: [CALLBACK] })
    const asked = { client_id: 'app', response_type: 'code', redirect_uri: CALLBACK, scope: 'patient/*.rs', aud: `${PUBLIC}/fhir`, code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' } // prettier-ignore
    const answer = await fetch(`${at}/oauth/auth?${new URLSearchParams(asked).toString()}`, { redirect: 'manual' })
    const to = new URL(answer.headers.get('location') ?? '')
    expect(to.origin).to.equal(PUBLIC)
    const cookies = answer.headers.getSetCookie()
    expect(cookies).to.have.length(4)
    for (const cookie of cookies) expect(cookie).to.match(/; samesite=lax; secure; httponly/)
    const cookie = cookies.map((one) => one.replace(/;.*/, '')).join('; ')
    expect((await fetch(at + to.pathname, { headers: { cookie } })).status).to.equal(200)
    const post = { method: 'POST', body: new URLSearchParams({ page: 'door' }) }
    expect((await fetch(at + to.pathname, { ...post, headers: { cookie, origin: at } })).status).to.equal(403)
  })

  it('nobody reads the codes of others', async () => {
    expect((await fetch(`${at}/oauth/outbox`)).status).to.equal(404)
  })

  it('tokens are asked for and issued at the public address', async () => {
    const keys = await keyPair()
    await registered(server, { id: 'emr', kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.rs', jwks: { keys: [keys.jwk] } }) // prettier-ignore
    const ask = async (aud: string) =>
      post(`${at}/oauth/token`, {
        grant_type: 'client_credentials',
        scope: 'system/*.rs',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await assertion(`${PUBLIC}/oauth`, 'emr', keys, { claims: { aud } }),
      })
    expect((await ask(`${at}/oauth/token`)).body['error']).to.equal('invalid_client')
    const { body } = await ask(`${PUBLIC}/oauth/token`)
    const headers = { authorization: `Bearer ${String(body['access_token'])}` }
    expect((await fetch(`${at}/fhir/Organization`, { headers })).status).to.equal(200)
  })
})
