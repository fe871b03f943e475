import { expect } from 'chai'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { makeLog } from '../../../server/log.ts'
import { tells } from '../../harness/tells.ts'
import { ask, type Answer } from '../ask.ts'
import { intakeServer } from '../../intake/server.ts'
import { startServer, type TestServer } from '../server.ts'
import { bearer, guardedDoor } from './door.ts'

/** What must come out nowhere but in the answers to those who may read it. */
const values = {
  name: 'Xanthippe',
  mobile: '9876501234',
  abha: '91-7654-3210-9876',
  bareAbha: '91765432109876',
  token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4YW50aCJ9.c2lnbmF0dXJlMTIz',
  password: 'correct-horse-battery',
  otp: '604817',
  birthDate: '1911-11-11',
} as const
const all = Object.values(values)
const { name, mobile, abha, bareAbha, token, password, otp, birthDate } = values

const fhir = { 'content-type': 'application/fhir+json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const person = (more: object = {}) => ({
  resourceType: 'Patient',
  id: 'p',
  name: [{ family: name, given: [name] }],
  telecom: [{ system: 'phone', value: mobile }],
  identifier: [{ system: 'https://healthid.abdm.gov.in', value: abha }],
  birthDate,
  ...more,
})

type Sent = readonly [method: string, target: string, headers?: Record<string, string>, body?: string]

const everywhere = encodeURIComponent(`${name} ${mobile}`)

/** At every door, good and bad. */
const requests: readonly Sent[] = [
  ['PUT', '/fhir/Patient/p', fhir, JSON.stringify(person())],
  ['POST', '/fhir/Patient', fhir, JSON.stringify(person({ birthDate: `${name}!` }))],
  ['POST', '/fhir/Patient', fhir, JSON.stringify(person({ gender: name, active: mobile, unknown: abha }))],
  ['POST', '/fhir/Patient', fhir, JSON.stringify(person()).slice(0, -9)],
  ['POST', '/fhir/Patient', { 'content-type': `text/${name}` }, name],
  ['PUT', '/fhir/Patient/other', fhir, JSON.stringify(person())],
  ['PUT', '/fhir/Patient/p', { ...fhir, 'if-match': `W/"${otp}"` }, JSON.stringify(person())],
  ['PATCH', '/fhir/Patient/p', { 'content-type': 'application/json-patch+json' }, `[{"op":"test","path":"/birthDate","value":"${name}"}]`],
  ['PATCH', '/fhir/Patient/p', { 'content-type': 'application/json-patch+json' }, `[{"op":"replace","path":"/nothing/${name}","value":"${mobile}"}]`],
  ['POST', '/fhir', fhir, JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: [{ resource: person({ birthDate: name }), request: { method: 'POST', url: 'Patient' } }, { request: { method: 'GET', url: `Patient?family=${name}&birthdate=${name}` } }] })],
  ['POST', '/fhir', fhir, JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry: [{ resource: person({ managingOrganization: { reference: `Organization/${name}` } }), request: { method: 'PUT', url: 'Patient/p', ifMatch: `W/"${otp}"` } }] })],
  ['GET', `/fhir/Patient?family=${name}&phone=${mobile}&birthdate=${birthDate}&identifier=${abha}`],
  ['GET', `/fhir/Patient?birthdate=${name}`],
  ['GET', `/fhir/Patient?_count=${mobile}${name}`],
  ['GET', `/fhir/Patient?_sort=birthdate&_page=${name}${bareAbha}`],
  ['GET', `/fhir/Observation?subject:Patient.identifier=${abha}&_has:Observation:patient:code=${name}`],
  ['GET', `/fhir/Patient/${name}`],
  ['GET', `/fhir/Patient/${name}/_history/${otp}`],
  ['GET', `/fhir/Patient/$find?mobile=${mobile}&abha=${abha}`],
  ['GET', `/fhir/Patient/$find?mobile=${mobile}x&name=${name}`],
  ['POST', '/fhir/Patient/$match', fhir, JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'resource', resource: person() }, { name: 'count', valueInteger: 0 }] })],
  ['POST', '/fhir/Patient/_search', form, `family=${name}&birthdate=${everywhere}`],
  ['GET', `/fhir/Patient/${everywhere}/$everything?_since=${name}`],
  ['GET', `/fhir/metadata?_format=${name}`, { accept: `application/${name}` }],
  ['GET', '/fhir/Patient/p', { authorization: `Bearer ${token}`, cookie: `_session=${token}`, 'x-request-id': `${name}\t${mobile}` }],
  ['GET', '/fhir/Patient/p', { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}` }],
  ['POST', `/intake/${name}`, { 'content-type': 'text/csv', 'x-filename': `${name}.csv`, authorization: `Bearer ${token}` }, `${mobile},${name}`],
  ['GET', `/intake/trace/Patient/${name}`, { authorization: `Bearer ${token}` }],
  ['POST', '/oauth/token', form, `grant_type=client_credentials&client_id=${name}&client_secret=${password}`],
  ['POST', '/oauth/token', form, `grant_type=client_credentials&client_assertion=${token}&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer`],
  ['POST', '/oauth/token', form, `grant_type=authorization_code&code=${otp}${name}&code_verifier=${password}&redirect_uri=https://x.example/${name}`],
  ['POST', '/oauth/token', form, `grant_type=refresh_token&refresh_token=${token}`],
  ['POST', '/oauth/token', fhir, JSON.stringify({ password, mobile })],
  ['POST', '/oauth/introspect', form, `token=${token}&client_id=${name}&client_secret=${password}`],
  ['POST', '/oauth/revoke', form, `token=${token}`],
  ['GET', `/oauth/auth?client_id=${name}&login_hint=${mobile}&id_token_hint=${token}&state=${password}`],
  ['POST', '/oauth/interaction/12345678', { ...form, 'sec-fetch-site': 'same-origin' }, `username=${name}&password=${password}&otp=${otp}&mobile=${mobile}`],
  ['POST', '/oauth/interaction/12345678', { ...form, origin: `https://${name}.example` }, `password=${password}`],
  ['POST', '/oauth/launch', { ...fhir, authorization: `Bearer ${token}` }, JSON.stringify({ patient: name })],
  ['GET', `/oauth/${name}/${mobile}?password=${password}`],
  ['GET', `/${name}?mobile=${mobile}&token=${token}`],
  ['GET', `/metrics?token=${token}`, { authorization: `Bearer ${token}` }],
] // prettier-ignore

describe('what is told of a person', () => {
  const expectNone = (text: string, where: string) => {
    for (const value of all) expect(tells(text, value), `${value} in ${where}`).to.equal(false)
  }

  for (const AUTH of ['open', 'on'] as const) {
    describe(`with AUTH=${AUTH}`, () => {
      let server: TestServer
      const answers: (readonly [Sent, Answer])[] = []
      before(async function () {
        server = await startServer({ env: { AUTH } })
        for (const sent of requests) {
          const [method, target, headers = {}, body] = sent
          answers.push([
            sent,
            await ask(server.origin, method, target, { headers, ...(body !== undefined && { body }) }),
          ])
        }
      })
      after(() => server.stop())

      it('is nothing in the log', () => {
        expect(server.logged()).to.match(/"interaction"/)
        expectNone(server.logged(), 'the log')
      })

      it('is nothing in the metrics', async () => {
        const { text } = await ask(server.origin, 'GET', '/metrics')
        expect(text).to.contain('parchi_request_seconds_count')
        expectNone(text, 'the metrics')
      })

      it('is nothing in a refusal', () => {
        const refusals = answers.filter(([, { status }]) => status >= 400)
        expect(refusals.length).to.be.greaterThan(15)
        for (const [[method, target], { text, headers }] of refusals)
          expectNone(text + JSON.stringify(headers), `the refusal of ${method} ${target}: ${text}`)
      })
    })
  }

  it('is nothing in the log when the server itself fails, whatever the error says', async () => {
    const own = await startServer()
    const said = `${name} ${mobile} ${abha} ${token} ${password} ${otp} ${birthDate} ${bareAbha}`
    const failures: readonly (() => unknown)[] = [
      () => new Error(said),
      () => Object.assign(new Error(said), { code: said, detail: said, where: said, parameters: [said] }),
      () => new Error('outer', { cause: new Error(said) }),
      () => new TypeError(said),
      () => said,
      () => ({ said }),
      () => new AggregateError([new Error(said)], said),
    ]
    let failure: () => unknown = () => undefined
    const handler = (): never => {
      throw failure()
    }
    const route = { code: 'read', level: 'instance', method: 'GET', path: '[type]/[id]', handler } as const
    const door = await guardedDoor({ ...own.house, routes: [route] }, { authorityOf: undefined as never })
    const mute = await guardedDoor(own.house, {
      authorityOf: () => ({ ...none, who: () => Promise.reject(failure()) }),
    })
    for (failure of failures) {
      const asked = [[door, `/fhir/Patient/${name}`], [mute, '/fhir/Patient/1'], [mute, '/metrics']] as const // prettier-ignore
      for (const [{ origin }, target] of asked) {
        const answer = await ask(origin, 'GET', target, {
          headers: { ...bearer('x'), 'x-forwarded-for': '203.0.113.7' },
        })
        expect(answer.status, target).to.equal(500)
        expectNone(answer.text, `the answer to ${target}`)
      }
    }
    await Promise.all([door.close(100), mute.close(100)])
    await own.stop()
    expect(own.logged()).to.contain('a request failed')
    expectNone(own.logged(), 'the log')
  })

  it('is nothing in the log of the intake, neither over HTTP nor over MLLP', async () => {
    const server = await intakeServer([{ slug: 'rose' }], { env: { MLLP_PORT: '0' } })
    await server.post('rose', `k|${name}|${mobile}|${name}|${abha}|${password}|bad\n`, { 'x-filename': `${name}.csv` })
    const socket = connect(server.running.ways.mllp[0] ?? 0, '127.0.0.1')
    await once(socket, 'connect')
    socket.write(`\u000bMSH|^~\\&|${name}|ROSE\rPID|1||${abha}||${name}\r\u001c\r`)
    const [heard] = (await once(socket, 'data')) as [Buffer]
    socket.destroy()
    const { text } = await ask(server.origin, 'GET', '/metrics')
    await server.stop()
    expectNone(text, 'the metrics')
    expect(heard.toString()).not.to.contain(abha)
  })

  it('is caught by the log itself when somebody forgets', () => {
    const lines: string[] = []
    const log = makeLog(
      'debug',
      new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) }),
    )
    const error = Object.assign(new Error(`invalid input "${name}"`), { detail: `Key (name)=(${name})` })
    log.error({ err: error }, 'a')
    log.error({ error, cause: new TypeError(name) }, 'b')
    log.warn({ headers: { authorization: `Bearer ${token}` }, url: `/fhir/Patient?name=${name}`, body: person() }, 'c')
    log.info({ given: { password, otp, mobile }, password, token }, 'd')
    log.info(`GET /fhir/Patient?family=${name}&birthdate=${birthDate} by Bearer ${token}`)
    log.info(
      { what: `sent to +91 ${mobile}, 91${mobile}, ${mobile}; ${abha} ${bareAbha} xanthippe@abdm x@mail.example.in` },
      'e',
    )
    log.info(
      {
        bytes: 9876543210,
        seconds: 0.25,
        facility: 'IN2299000010',
        requestId: 'abc-1',
        at: '2026-11-23T02:55:18.691Z',
      },
      'f',
    )
    expectNone(lines.join('').replace(otp, ''), 'the log')
    expect(lines.join('')).not.to.contain('@')
    for (const line of lines) expect(() => JSON.parse(line) as unknown, line).not.to.throw()
    const last = JSON.parse(lines.at(-1) ?? '') as object
    expect(last).to.include({
      bytes: 9876543210,
      facility: 'IN2299000010',
      requestId: 'abc-1',
      at: '2026-11-23T02:55:18.691Z',
    })
    expect(lines[0]).to.contain('"stack"').and.contain('values.test.ts')
  })
})

const none = {
  listener: () => undefined,
  origins: async () => new Set<string>(),
  smartConfiguration: () => ({}),
}
