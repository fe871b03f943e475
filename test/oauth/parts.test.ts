import { expect } from 'chai'
import fc from 'fast-check'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { narrowed, unfit } from '../../server/oauth/scopes.ts'
import { readKeySet, RemoteKeys } from '../../server/oauth/remote-keys.ts'
import { checkedUrl, fetchJson, isPublic, Unfetched } from '../../server/oauth/safe-fetch.ts'
import { parseScope } from '../../server/access/scopes.ts'
import { keyPair } from './world.ts'

describe('Scopes that are granted', () => {
  const context = fc.constantFrom('patient', 'user', 'system')
  const type = fc.constantFrom('*', 'Patient', 'Observation', 'Encounter')
  const verbs = fc.subarray(['c', 'r', 'u', 'd', 's'], { minLength: 1 }).map((letters) => letters.join(''))
  const scope = fc.tuple(context, type, verbs).map(([who, what, how]) => `${who}/${what}.${how}`)
  const scopes = fc.array(scope, { maxLength: 5 }).map((list) => list.join(' '))

  /** One thing that a scope lets an app do. */
  const atoms = fc.tuple(context, fc.constantFrom('Patient', 'Observation', 'Encounter', 'Basic'), fc.constantFrom('c', 'r', 'u', 'd', 's')) // prettier-ignore
  const lets = (list: string, [who, what, how]: readonly [string, string, string]): boolean =>
    list.split(' ').some((one) => {
      const read = parseScope(one)
      return read?.context === who && (read.type === '*' || read.type === what) && read.verbs.includes(how)
    })

  it('allow exactly what was both asked for and registered', () => {
    fc.assert(
      fc.property(scopes, scopes, atoms, (asked, registered, atom) => {
        const granted = narrowed(asked, registered).join(' ')
        expect(lets(granted, atom)).to.equal(lets(asked, atom) && lets(registered, atom))
      }),
      { numRuns: 2000 },
    )
  })

  it('are what was asked where that is all registered', () => {
    fc.assert(fc.property(scopes, (asked) => {
      expect(narrowed(asked, asked)).to.deep.equal([...new Set(asked.split(' ').filter(Boolean))])
    })) // prettier-ignore
  })

  it('keep the search parameters of either side', () => {
    const laboratory = 'patient/Observation.rs?category=laboratory'
    expect(narrowed('patient/*.rs', laboratory)).to.deep.equal([laboratory])
    expect(narrowed(laboratory, 'patient/*.read')).to.deep.equal([laboratory])
    expect(narrowed('patient/Observation.rs?status=final', laboratory)).to.deep.equal(['patient/Observation.rs?status=final&category=laboratory']) // prettier-ignore
    expect(narrowed('patient/Observation.rs?category=vital-signs', laboratory)).to.deep.equal(['patient/Observation.rs?category=vital-signs&category=laboratory']) // prettier-ignore
  })

  it('that an app may be registered for depend on its kind', () => {
    expect(unfit('system/*.rs', 'backend')).to.equal(undefined)
    expect(unfit('system/*.rs user/*.rs', 'backend')).to.equal('user/*.rs')
    expect(unfit('openid patient/*.rs system/*.rs', 'public')).to.equal('system/*.rs')
    expect(unfit('patient/Nonsense.rs', 'public')).to.equal('patient/Nonsense.rs')
  })
})

describe('Addresses that others give us', () => {
  const refusedBy = (address: string, loopback = false): string | undefined => {
    try {
      checkedUrl(address, { loopback })
      return undefined
    } catch (error) {
      return error instanceof Unfetched ? error.message : `threw ${String(error)}`
    }
  }

  it('are refused when they are not https or lead into a network that is not public', () => {
    for (const address of [
      'http://keys.example.in/jwks', 'ftp://keys.example.in', 'file:///etc/passwd', 'data:application/json,{}', 'nonsense',
      'https://user:secret@keys.example.in/', 'https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f.1/',
      'https://0177.0.0.1/', 'https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:a9fe:a9fe]/',
      'https://169.254.169.254/latest/meta-data/', 'https://10.1.2.3/', 'https://172.31.0.1/', 'https://192.168.1.1/',
      'https://100.64.0.1/', 'https://0.0.0.0/', 'https://[fe80::1]/', 'https://[fd00::1]/', 'https://[64:ff9b::a00:1]/',
      'https://[2002:7f00:1::]/', 'https://224.0.0.1/', 'https://255.255.255.255/',
    ]) expect(refusedBy(address), address).to.be.a('string') // prettier-ignore
    expect(refusedBy('https://keys.example.in/jwks')).to.equal(undefined)
    expect(refusedBy('https://8.8.8.8/jwks')).to.equal(undefined)
    expect(refusedBy('http://127.0.0.1:9/jwks', true)).to.equal(undefined)
    expect(refusedBy('http://10.0.0.1/jwks', true)).to.be.a('string')
  })

  it('are refused when their name leads there', async () => {
    const asked = fetchJson('https://localhost/jwks', { time: 2000, size: 1000, loopback: false })
    expect(await failure(asked)).to.equal('its address is not public')
  })

  it('tell public addresses from others', () => {
    for (const address of ['8.8.8.8', '1.1.1.1', '49.36.0.1', '2404:6800:4009::1', '2620:fe::fe']) expect(isPublic(address), address).to.equal(true) // prettier-ignore
    for (const address of ['::', '::1', '::ffff:8.8.8.8', 'ff02::1', '2001:db8::1', '192.0.2.1', '']) expect(isPublic(address), address).to.equal(false) // prettier-ignore
  })

  describe('that answer', () => {
    const listeners: Record<string, RequestListener> = {
      '/json': (_req, res) => res.end('{"keys":[]}'),
      '/text': (_req, res) => res.end('<html>'),
      '/large': (_req, res) => res.end(JSON.stringify('x'.repeat(100_000))),
      '/endless': (_req, res) => void setInterval(() => res.write('x'.repeat(100)), 5).unref(),
      '/slow': () => undefined,
      '/moved': (_req, res) => res.writeHead(302, { location: '/json' }).end(),
      '/broken': (_req, res) => void res.writeHead(200, { 'content-length': 100 }).write('{', () => res.destroy()),
      '/error': (_req, res) => res.writeHead(500).end('{}'),
    }
    let site: Server
    let at: string
    before(async () => {
      site = createServer((req, res) => listeners[req.url ?? '']?.(req, res))
      await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
      at = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
    })
    after(() => (site.closeAllConnections(), site.close()))
    const got = (path: string, time = 10_000) => fetchJson(at + path, { time, size: 10_000, loopback: true })

    it('are read within their limits, and followed nowhere', async () => {
      expect(await got('/json')).to.deep.equal({ keys: [] })
      const answers = await Promise.all(
        Object.keys(listeners)
          .slice(1)
          .map((path) => failure(got(path, /slow|endless/.test(path) ? 300 : undefined))),
      )
      expect(answers.every((answer) => answer !== 'none')).to.equal(true)
      expect(await failure(got('/moved'))).to.equal('it does not answer 200')
      expect(await failure(got('/large'))).to.equal('it is too large')
    })

    it('are asked again for a key that is not known, and old keys are then good no longer', async () => {
      const [first, second] = [await keyPair(), await keyPair('RS384')]
      let [published, asked] = [{ keys: [first.jwk] }, 0]
      listeners['/jwks'] = (_req, res) => (asked++, void res.end(JSON.stringify(published)))
      const remote = new RemoteKeys({ time: 10_000, size: 10_000, loopback: true }, 0)
      const kids = async (kid?: string) => (await remote.at(`${at}/jwks`, kid)).map((key) => key['kid'])
      expect(await kids(first.kid)).to.deep.equal([first.kid])
      published = { keys: [second.jwk] }
      expect(await kids(first.kid)).to.deep.equal([first.kid])
      expect(asked).to.equal(1)
      expect(await kids(second.kid)).to.deep.equal([second.kid])
      listeners['/jwks'] = (_req, res) => void res.writeHead(500).end()
      expect(await kids('unknown')).to.deep.equal([second.kid])
    })
  })

  it('give public keys of the two kinds that SMART knows, and no secrets', async () => {
    const [es, rs, p256] = [await keyPair(), await keyPair('RS384'), await keyPair('ES256')]
    const kept = readKeySet({ keys: [es.jwk, rs.jwk, p256.jwk, { ...es.jwk, use: 'enc' }, 1, null] })
    expect(kept.map((key) => key['kid'])).to.deep.equal([es.kid, rs.kid])
    for (const set of [{ keys: [{ ...es.jwk, d: 'x' }] }, { keys: [{ kty: 'oct', k: 'x' }] }, { keys: 1 }, [], null])
      expect(() => readKeySet(set)).to.throw(Unfetched)
  })
})

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => (error instanceof Unfetched ? error.message : `threw ${String(error)}`),
  )
}
