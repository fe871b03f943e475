import { expect } from 'chai'
import { createServer, type Server } from 'node:http'
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose'
import * as oidc from 'openid-client'
import { removeApp } from '../../server/oauth/clients.ts'
import { until } from '../harness/until.ts'
import { asked, assertion, backendToken, FACILITY, keyPair, post, registered, startWorld, type Keyed, type World } from './world.ts' // prettier-ignore

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

describe('SMART backend services', () => {
  let world: World
  let rsa: Keyed
  before(async () => {
    world = await startWorld()
    rsa = await keyPair('RS384')
    await registered(world, { id: 'emr-rsa', kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/Patient.rs system/Observation.read system/Practitioner.cruds', jwks: { keys: [rsa.jwk] } }) // prettier-ignore
  })
  after(() => world.stop())

  for (const alg of ['ES384', 'RS384'] as const) {
    it(`gives openid-client a token for a key of ${alg}`, async () => {
      const [id, keys] = alg === 'ES384' ? [world.emr.id, world.emr.keys] : ['emr-rsa', rsa]
      const client = await discovered(world, id, keys)
      const answer = await oidc.clientCredentialsGrant(client, { scope: 'system/Patient.rs' })
      expect(answer.token_type).to.equal('bearer')
      expect(answer.expires_in).to.be.within(1, 300)
      expect(answer.scope).to.equal('system/Patient.rs')
      expect(answer.refresh_token).to.equal(undefined)
      expect(await asked(world, answer.access_token, 'Patient')).to.equal(200)
    })
  }

  it('lets fhir-kit-client write and read with the token', async () => {
    const { body } = await backendToken(world, { scope: 'system/*.cruds' })
    // the package has no CommonJS side, and mocha asks for that first
    const { Client } = await import('fhir-kit-client')
    const client = new Client({ baseUrl: world.base, bearerToken: String(body['access_token']) })
    const made = await client.create({ resourceType: 'Patient', body: { resourceType: 'Patient', gender: 'female' } })
    const read = await client.read({ resourceType: 'Patient', id: String(made['id']) })
    expect(read['gender']).to.equal('female')
  })

  it('grants what was asked only as far as the app is registered for it', async () => {
    const ask = async (scope: string) => (await backendToken(world, { scope, id: 'emr-rsa', keys: rsa })).body
    expect((await ask('system/*.read'))['scope']).to.equal(
      'system/Patient.rs system/Observation.rs system/Practitioner.rs',
    )
    expect((await ask('system/Observation.cruds user/*.rs patient/*.rs'))['scope']).to.equal('system/Observation.rs')
    expect((await ask('system/Patient.r?gender=female'))['scope']).to.equal('system/Patient.r?gender=female')
    expect((await ask('system/Encounter.rs openid offline_access'))['error']).to.equal('invalid_scope')
    expect((await ask('user/*.cruds'))['error']).to.equal('invalid_scope')
  })

  it('takes an assertion once', async () => {
    const claims = { jti: randomUUID() }
    expect((await backendToken(world, { claims })).status).to.equal(200)
    const again = await backendToken(world, { claims })
    expect([again.status, again.body['error']]).to.deep.equal([401, 'invalid_client'])
  })

  it('takes one of twenty assertions with the same jti at the same moment', async () => {
    const claims = { jti: randomUUID() }
    const answers = await Promise.all(Array.from({ length: 20 }, () => backendToken(world, { claims })))
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1)
    expect(answers.filter(({ status }) => status === 401)).to.have.length(19)
  })

  const now = () => Math.floor(Date.now() / 1000)
  const bad: Record<string, () => Record<string, unknown>> = {
    'more than five minutes long': () => ({ exp: now() + 3600 }),
    expired: () => ({ exp: now() - 60 }),
    'not valid yet': () => ({ nbf: now() + 120 }),
    'from the future': () => ({ iat: now() + 60 }),
    'without exp': () => ({ exp: undefined }),
    'without jti': () => ({ jti: undefined }),
    'for another audience': () => ({ aud: 'https://other.example/token' }),
    'for several audiences': () => ({ aud: [`${world.issuer}/token`, 'https://other.example/token'] }),
    'for the FHIR endpoint': () => ({ aud: world.base }),
    'by another issuer': () => ({ iss: 'emr-rsa' }),
  }
  for (const [name, claims] of Object.entries(bad)) {
    it(`refuses an assertion ${name}`, async () => {
      const { status, body } = await backendToken(world, { claims: claims() })
      expect([status, body['error']]).to.deep.equal([401, 'invalid_client'])
    })
  }

  it('takes the issuer as audience too', async () => {
    expect((await backendToken(world, { claims: { aud: world.issuer } })).status).to.equal(200)
  })

  it('refuses an unsigned assertion', async () => {
    const token = new UnsecuredJWT({ iss: world.emr.id, sub: world.emr.id, aud: `${world.issuer}/token`, jti: randomUUID() }).setExpirationTime('2m').encode() // prettier-ignore
    expect((await shown(token)).status).to.be.oneOf([400, 401])
  })

  it('refuses HS256 and HS384 with the public key as the secret', async () => {
    for (const [alg, secret] of [
      ['HS256', await exportSPKI((await importJWK(rsa.jwk)) as CryptoKey)],
      ['HS384', JSON.stringify(rsa.jwk)],
    ] as const) {
      const token = await new SignJWT({
        iss: 'emr-rsa',
        sub: 'emr-rsa',
        aud: `${world.issuer}/token`,
        jti: randomUUID(),
      })
        .setProtectedHeader({ alg, kid: rsa.kid })
        .setExpirationTime('2m')
        .sign(new TextEncoder().encode(secret))
      expect((await shown(token)).body['error']).to.equal('invalid_client')
    }
  })

  it('refuses keys of other kinds than it says: RS256, ES256, PS384', async () => {
    for (const alg of ['RS256', 'ES256', 'PS384']) {
      const keys = await keyPair(alg)
      const { alg: _, ...jwk } = keys.jwk
      await registered(world, { id: `emr-${alg}`, kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.rs', jwks: { keys: [jwk, rsa.jwk] } }) // prettier-ignore
      expect((await backendToken(world, { id: `emr-${alg}`, keys })).body['error'], alg).to.equal('invalid_client')
    }
  })

  it('refuses a key of another app, and one that is not registered', async () => {
    expect((await backendToken(world, { keys: rsa })).body['error']).to.equal('invalid_client')
    expect((await backendToken(world, { keys: await keyPair() })).body['error']).to.equal('invalid_client')
    expect((await backendToken(world, { id: 'nobody' })).body['error']).to.equal('invalid_client')
  })

  it('refuses a backend service the ways of people, and other grants', async () => {
    const assertionOf = () => assertion(world.issuer, world.emr.id, world.emr.keys)
    for (const grant_type of [
      'authorization_code',
      'refresh_token',
      'password',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'implicit',
    ]) {
      // prettier-ignore
      const form = { grant_type, code: 'x', refresh_token: 'x', redirect_uri: 'https://a.example', client_assertion_type: JWT_BEARER, client_assertion: await assertionOf() } // prettier-ignore
      expect((await post(`${world.issuer}/token`, form)).body['error']).to.be.oneOf([
        'invalid_request',
        'unsupported_grant_type',
      ])
    }
  })

  it('has no way to register an app', async () => {
    const headers = { origin: world.origin, 'content-type': 'application/json' }
    expect((await fetch(`${world.issuer}/reg`, { method: 'POST', body: '{}', headers })).status).to.equal(404)
    const told = (await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json()) as object
    expect(told).not.to.have.property('registration_endpoint')
  })

  it('ends the tokens of an app that is taken away', async () => {
    const keys = await keyPair()
    await registered(world, { id: 'short-lived', kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.rs', jwks: { keys: [keys.jwk] } }) // prettier-ignore
    const token = String((await backendToken(world, { id: 'short-lived', keys })).body['access_token'])
    expect(await asked(world, token)).to.equal(200)
    await removeApp(world.house.db, 'short-lived')
    await until(async () => (await asked(world, token)) === 401)
    expect((await backendToken(world, { id: 'short-lived', keys })).body['error']).to.equal('invalid_client')
  })

  it('revokes and introspects its own tokens alone', async () => {
    const token = String((await backendToken(world)).body['access_token'])
    const own = async () => ({ client_assertion_type: JWT_BEARER, client_assertion: await assertion(world.issuer, world.emr.id, world.emr.keys), token }) // prettier-ignore
    const others = async () => ({ client_assertion_type: JWT_BEARER, client_assertion: await assertion(world.issuer, 'emr-rsa', rsa), token }) // prettier-ignore
    expect((await post(`${world.issuer}/introspect`, await others())).body).to.deep.equal({ active: false })
    const told = (await post(`${world.issuer}/introspect`, await own())).body
    expect(told).to.include({ active: true, client_id: world.emr.id, scope: 'system/*.rs', iss: world.issuer, aud: world.base }) // prettier-ignore
    expect((await post(`${world.issuer}/revoke`, await others())).status).to.equal(200)
    expect(await asked(world, token)).to.equal(200)
    expect((await post(`${world.issuer}/revoke`, await own())).status).to.equal(200)
    expect(await asked(world, token)).to.equal(401)
    expect((await post(`${world.issuer}/introspect`, await own())).body).to.deep.equal({ active: false })
  })

  describe('with keys at an address', () => {
    let site: Server
    let published: unknown
    let fetched = 0
    let address: string
    before(async () => {
      site = createServer((_req, res) => {
        fetched++
        res.setHeader('cache-control', 'max-age=86400').end(JSON.stringify(published))
      })
      await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
      address = `http://127.0.0.1:${(site.address() as AddressInfo).port}/jwks.json`
    })
    after(() => site.close())

    it('takes up a new key when one is shown, and asks no more often than every ten seconds', async () => {
      const [first, second, third] = [await keyPair(), await keyPair('RS384'), await keyPair()]
      await registered(world, { id: 'emr-url', kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.rs', jwksUrl: address }) // prettier-ignore
      published = { keys: [first.jwk] }
      const tokenBy = async (keys: Keyed) => (await backendToken(world, { id: 'emr-url', keys })).status
      expect(await tokenBy(first)).to.equal(200)
      expect(await tokenBy(first)).to.equal(200)
      expect(fetched).to.equal(1)
      published = { keys: [second.jwk] }
      expect(await tokenBy(second)).to.equal(401)
      expect(await tokenBy(third)).to.equal(401)
      expect(fetched).to.equal(1)
    })

    it('is refused while its keys cannot be had or hold a secret', async () => {
      const keys = await keyPair()
      await registered(world, { id: 'emr-gone', kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.rs', jwksUrl: 'http://127.0.0.1:1/jwks' }) // prettier-ignore
      expect((await backendToken(world, { id: 'emr-gone', keys })).body['error']).to.equal('invalid_client')
      published = { keys: [{ ...keys.jwk, d: 'AAAA' }] }
      await registered(world, { id: 'emr-secret', kind: 'backend', role: 'emr', facility: FACILITY, scopes: 'system/*.rs', jwksUrl: `${address}?2` }) // prettier-ignore
      expect((await backendToken(world, { id: 'emr-secret', keys })).body['error']).to.equal('invalid_client')
    })
  })

  const shown = (token: string) =>
    post(`${world.issuer}/token`, { grant_type: 'client_credentials', scope: 'system/*.rs', client_assertion_type: JWT_BEARER, client_assertion: token }) // prettier-ignore
})

async function discovered({ issuer }: World, id: string, keys: Keyed): Promise<oidc.Configuration> {
  const auth = oidc.PrivateKeyJwt({ key: keys.privateKey, kid: keys.kid })
  return oidc.discovery(new URL(issuer), id, undefined, auth, { execute: [oidc.allowInsecureRequests] })
}
