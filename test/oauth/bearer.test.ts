import type { CapabilityStatement } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { createPublicKey, generateKeyPairSync, sign as signBytes, createHmac } from 'node:crypto'
import { decodeJwt, exportSPKI, importJWK, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose'
import { makeLog } from '../../server/log.ts'
import { openAuthority, type OpenAuthority } from '../../server/oauth/authority.ts'
import { openKeys, rotateKeys, type SigningKeys } from '../../server/oauth/keys.ts'
import { revoke } from '../../server/store/revoked.ts'
import { until } from '../harness/until.ts'
import { asked, backendToken, startWorld, type World } from './world.ts'

describe('Bearer tokens', () => {
  let world: World
  let keys: SigningKeys
  let good: JWTPayload
  before(async () => {
    world = await startWorld()
    const token = String((await backendToken(world)).body['access_token'])
    keys = await openKeys(world.house.db)
    good = decodeJwt(token)
    expect(await asked(world, token)).to.equal(200)
  })
  after(() => world.stop())

  const now = () => Math.floor(Date.now() / 1000)
  /** A token that is good but for what is changed. */
  const forged = async (
    claims: Record<string, unknown> = {},
    header: object = {},
    key?: CryptoKey | Uint8Array,
  ): Promise<string> => {
    const [own] = keys.access
    return new SignJWT({
      ...good,
      parchi: { ...(good['parchi'] as object), at: Date.now() },
      iat: now(),
      exp: now() + 300,
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: own?.kid ?? '', ...header })
      .sign(key ?? (await importJWK(own ?? {}, 'ES384')))
  }

  it('are good when they are ours in every respect', async () => {
    expect(await asked(world, await forged())).to.equal(200)
  })

  const wrong: Record<string, () => Promise<string>> = {
    expired: () => forged({ iat: now() - 400, exp: now() - 60 }),
    'not valid yet': () => forged({ nbf: now() + 60 }),
    'from the future': () => forged({ iat: now() + 60, exp: now() + 300 }),
    'good for longer than ten minutes': () => forged({ exp: now() + 3600 }),
    'without an end': () => forged({ exp: undefined }),
    'of another issuer': () => forged({ iss: 'https://other.example/oauth' }),
    'for another audience': () => forged({ aud: 'https://other.example/fhir' }),
    'for the authorisation server': () => forged({ aud: world.issuer }),
    'without the facts of a caller': () => forged({ parchi: undefined }),
    'with facts that are nothing': () => forged({ parchi: null }),
    'of a role that there is not': () => forged({ parchi: { ...(good['parchi'] as object), role: '__proto__' } }),
    'of type JWT': () => forged({}, { typ: 'JWT' }),
    'of no type': () => forged({}, { typ: undefined }),
    'of type logout+jwt': () => forged({}, { typ: 'logout+jwt' }),
    'with an unknown kid': () => forged({}, { kid: 'none-of-ours' }),
    'signed by a key of their own under our kid': async () => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-384' })
      return forged({}, {}, (await importJWK(own.privateKey.export({ format: 'jwk' }) as object, 'ES384')) as CryptoKey)
    },
    'signed by a key that they bring along': async () => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-384' })
      const jwk = own.publicKey.export({ format: 'jwk' })
      return forged({}, { jwk, kid: undefined }, (await importJWK(own.privateKey.export({ format: 'jwk' }) as object, 'ES384')) as CryptoKey) // prettier-ignore
    },
    unsigned: async () => new UnsecuredJWT({ ...good, iat: now(), exp: now() + 300 }).encode(),
    'unsigned under our kid': async () => {
      const [, payload] = (await forged()).split('.')
      return `${encoded({ alg: 'none', typ: 'at+jwt', kid: keys.access[0]?.kid })}.${payload}.`
    },
    'HS256 with our public key as the secret': async () => {
      const [own] = keys.access
      const pem = await exportSPKI(createPublicKey({ key: { ...own }, format: 'jwk' }))
      const body = `${encoded({ alg: 'HS256', typ: 'at+jwt', kid: own?.kid })}.${encoded({ ...good, exp: now() + 300 })}`
      return `${body}.${createHmac('sha256', pem).update(body).digest('base64url')}`
    },
    'RS256, by the key of id tokens': async () => {
      const [id] = keys.id
      return new SignJWT({ ...good, iat: now(), exp: now() + 300 })
        .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: id?.kid ?? '' })
        .sign(await importJWK(id ?? {}, 'RS256'))
    },
    'with another signature': async () => {
      const [head = '', body = ''] = (await forged()).split('.')
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
      return `${head}.${body}.${signBytes('sha384', Buffer.from(`${head}.${body}`), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}` // prettier-ignore
    },
    'with an empty ECDSA signature': async () => {
      const [head = '', body = ''] = (await forged()).split('.')
      return `${head}.${body}.${Buffer.alloc(96).toString('base64url')}`
    },
    'with changed claims': async () => {
      const [head = '', , signature = ''] = (await forged()).split('.')
      return `${head}.${encoded({ ...good, scope: 'system/*.cruds' })}.${signature}`
    },
    'no JWT': async () => 'c2VjcmV0',
  }
  for (const [name, token] of Object.entries(wrong)) {
    it(`are refused when they are ${name}`, async () => {
      expect(await asked(world, await token())).to.equal(401)
    })
  }

  it('say how to log in, and not what is wrong', async () => {
    const none = await fetch(`${world.base}/Patient`)
    expect([none.status, none.headers.get('www-authenticate')]).to.deep.equal([401, `Bearer realm="${world.base}"`])
    const bad = await fetch(`${world.base}/Patient`, {
      headers: { authorization: `Bearer ${await forged({ iss: 'x' })}` },
    })
    expect(bad.headers.get('www-authenticate')).to.equal(`Bearer realm="${world.base}", error="invalid_token"`)
    expect(await bad.text()).not.to.match(/\biss\b|issuer|signature/i)
  })

  it('are not taken from the address, from a form, or under another scheme', async () => {
    const token = await forged()
    const statuses = await Promise.all([
      fetch(`${world.base}/Patient?access_token=${token}`),
      fetch(`${world.base}/Patient/_search`, { method: 'POST', body: new URLSearchParams({ access_token: token }) }),
      fetch(`${world.base}/Patient`, { headers: { authorization: `Basic ${token}` } }),
      fetch(`${world.base}/Patient`, { headers: { authorization: token } }),
      fetch(`${world.base}/Patient`, { headers: { cookie: `access_token=${token}` } }),
    ])
    expect(statuses.map(({ status }) => status)).to.deep.equal([401, 401, 401, 401, 401])
  })

  it('are not needed for what this server says of itself', async () => {
    for (const path of ['metadata', '.well-known/smart-configuration'])
      expect((await fetch(`${world.base}/${path}`)).status, path).to.equal(200)
    for (const path of ['', 'Patient', '_history', '$versions', 'Organization', 'Patient/$everything', 'metadata/x'])
      expect((await fetch(`${world.base}/${path}`)).status, path).to.equal(401)
  })

  it('are spoken of in the CapabilityStatement', async () => {
    const statement = (await (await fetch(`${world.base}/metadata`)).json()) as CapabilityStatement
    const [rest] = statement.rest ?? []
    expect(rest?.security?.service?.[0]?.coding?.[0]?.code).to.equal('SMART-on-FHIR')
    const uris = rest?.security?.extension?.[0]?.extension?.map(({ url, valueUri }) => [url, valueUri])
    expect(Object.fromEntries(uris ?? [])).to.include({
      token: `${world.issuer}/token`,
      authorize: `${world.issuer}/auth`,
    })
  })

  it('end a moment later in every process when somebody revokes what they stand for', async () => {
    const other = elsewhere(world)
    const token = await forged()
    expect((await other.who(shown(token))).kind).to.equal('client')
    await revoke(world.house.db, `account:client/${world.emr.id}`)
    await until(async () => (await asked(world, token)) === 401)
    await until(async () => (await refusal(other, token)) === 'unauthenticated')
    // a token that is issued afterwards is good
    const { body } = await backendToken(world)
    expect(await asked(world, String(body['access_token']))).to.equal(200)
  })

  it('are still good after the keys were rotated, and new ones are signed by the new key', async () => {
    const before = String((await backendToken(world)).body['access_token'])
    const formerKid = keys.access[0]?.kid
    keys = await rotateKeys(world.house.db)
    expect(keys.access[0]?.kid).not.to.equal(formerKid)
    let after = ''
    await until(async () => {
      after = String((await backendToken(world)).body['access_token'])
      return headerOf(after)['kid'] === keys.access[0]?.kid
    }, 50)
    expect(await asked(world, before)).to.equal(200)
    expect(await asked(world, after)).to.equal(200)
    const { keys: published } = (await (await fetch(`${world.issuer}/jwks`)).json()) as {
      keys: { kid: string; d?: string }[]
    }
    expect(published.map(({ kid }) => kid)).to.include.members([...keys.access, ...keys.id].map(({ kid }) => kid))
    expect(published.every((key) => key.d === undefined)).to.equal(true)
  })

  it('signed by a key that another process has just drawn are taken at once', async () => {
    const other = elsewhere(world)
    await other.who(shown(await forged()))
    await new Promise((done) => setTimeout(done, 150))
    keys = await rotateKeys(world.house.db)
    expect((await other.who(shown(await forged()))).kind).to.equal('client')
  })
})

function elsewhere({ house, origin }: World): OpenAuthority {
  return openAuthority(
    { ...house, log: makeLog('silent') },
    {
      origin,
      people: () => Promise.reject(new Error('nobody logs in here')),
      step: () => Promise.reject(new Error('nobody logs in here')),
      standing: async () => undefined,
      patience: { keys: 0 },
    },
  )
}

function shown(token: string): Parameters<OpenAuthority['who']>[0] {
  return { headers: { authorization: `Bearer ${token}` } } as Parameters<OpenAuthority['who']>[0]
}

async function refusal(authority: OpenAuthority, token: string): Promise<unknown> {
  return authority.who(shown(token)).then(
    () => 'let in',
    (error: { refusal?: string }) => error.refusal,
  )
}

function headerOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
