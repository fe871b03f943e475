import type { OperationOutcome } from '@medplum/fhirtypes'
import { expect } from 'chai'
import type { DoorOptions, OpenDoor } from '../../../server/http/server.ts'
import { isExpensive, Limits, Throttled } from '../../../server/http/limits.ts'
import { readConfig } from '../../../server/config.ts'
import { ask, type Answer } from '../ask.ts'
import { startServer, type TestServer } from '../server.ts'
import { bearer, callerOf, guardedDoor } from './door.ts'

describe('limits', () => {
  let server: TestServer
  const doors: OpenDoor[] = []
  before(async () => void (server = await startServer()))
  after(async () => {
    await Promise.all(doors.map((door) => door.close(100)))
    await server.stop()
  })

  const open = async (options: Partial<DoorOptions>): Promise<string> => {
    const door = await guardedDoor(server.house, options)
    doors.push(door)
    return door.origin
  }
  const many = async (count: number, one: (n: number) => Promise<Answer>): Promise<number[]> =>
    (await Promise.all(Array.from({ length: count }, (_, n) => one(n)))).map(({ status }) => status)
  const refused = (statuses: readonly number[]) => statuses.filter((status) => status === 429).length

  it('hold each client for itself, over ten seconds', async () => {
    const origin = await open({ rateLimit: 2, rateLimitPerson: 1 })
    const as = (token: string) => () => ask(origin, 'GET', '/fhir/Patient/1', { headers: bearer(token) })
    expect(refused(await many(25, as('emr rose')))).to.equal(5)
    expect(refused(await many(20, as('emr lotus')))).to.equal(0)
    expect(refused(await many(12, as('doctor rose')))).to.equal(2)
    expect(refused(await many(12, as('patient - p1')))).to.equal(2)
  })

  it('say when to try again, in an OperationOutcome', async () => {
    const origin = await open({ rateLimit: 1 })
    const one = () => ask(origin, 'GET', '/fhir/Patient/1', { headers: bearer('emr rose') })
    await many(10, one)
    const answer = await one()
    expect(answer.status).to.equal(429)
    expect(Number(answer.headers['retry-after'])).to.be.within(1, 10)
    expect((answer.json as OperationOutcome).issue[0]).to.include({ code: 'throttled' })
  })

  it('hold the intake too', async () => {
    const origin = await open({
      rateLimit: 1,
      intakeOf: () => ({ catalog: { facilities: [] }, house: server.house }) as never,
    })
    const one = () => ask(origin, 'GET', '/intake/rose', { headers: bearer('emr rose') })
    expect(refused(await many(15, one))).to.equal(5)
  })

  it('hold an address before anybody is asked who they are, and not this machine', async () => {
    const { trustProxy } = readConfig({ TRUST_PROXY: 'loopback' })
    const origin = await open({ rateLimitIp: 1, trustProxy })
    const from = (address: string) => () =>
      ask(origin, 'GET', '/fhir/Patient/1', { headers: { 'x-forwarded-for': address } })
    expect(refused(await many(15, from('203.0.113.7')))).to.equal(5)
    expect(refused(await many(10, from('203.0.113.8')))).to.equal(0)
    expect(refused(await many(15, () => ask(origin, 'GET', '/fhir/Patient/1')))).to.equal(0)
    const lies = (n: number) =>
      ask(origin, 'GET', '/fhir/Patient/1', { headers: { 'x-forwarded-for': `9.9.9.${n}, 203.0.113.9` } })
    expect(refused(await many(15, lies))).to.equal(5)
  })

  it('hold logins and tokens by address, and not the keys', async () => {
    const origin = await open({ rateLimitLogin: 10 })
    const token = () => ask(origin, 'POST', '/oauth/token')
    expect(refused(await many(8, token))).to.equal(0)
    expect(refused(await many(4, () => ask(origin, 'GET', '/oauth/auth?x=1')))).to.equal(2)
    expect(refused(await many(3, () => ask(origin, 'POST', `${origin}/oauth/token`)))).to.equal(3)
    expect(refused(await many(20, () => ask(origin, 'GET', '/oauth/jwks')))).to.equal(0)
    expect((await ask(origin, 'GET', '/fhir/Patient/1')).status).to.equal(401)
  })

  it('let one caller do so many expensive things at a time, and others theirs', async () => {
    const limits = new Limits({ expensiveAtOnce: 2 })
    const [one, other] = [callerOf('doctor rose'), callerOf('doctor lotus')]
    const done = [await limits.caller(one, true), await limits.caller(one, true)]
    const refusal: unknown = await limits.caller(one, true).catch((error: unknown) => error)
    expect(refusal).to.be.instanceOf(Throttled).with.property('seconds', 1)
    await Promise.all([limits.caller(one, false), limits.caller(other, true)])
    done[0]?.()
    await limits.caller(one, true)
    expect(await limits.caller(one, true).catch(() => 'refused')).to.equal('refused')
  })

  it('count anew when the window is over, each key for itself', async () => {
    const { now } = Date
    let clock = now()
    Date.now = () => clock
    try {
      const limits = new Limits({ rateLimitIp: 1 })
      const asked = async (address: string) =>
        limits.address(address).then(
          () => 'in',
          (error: unknown) => (error as Throttled).seconds,
        )
      const many = async (count: number, address: string) => {
        for (let n = 0; n < count; n++) expect(await asked(address)).to.equal('in')
      }
      await many(10, 'one')
      expect(await asked('one')).to.equal(10)
      await many(10, 'other')
      clock += 7500
      expect(await asked('one')).to.equal(3)
      clock += 2600
      await many(10, 'one')
      expect(await asked('one')).to.equal(10)
    } finally {
      Date.now = now
    }
  })

  it('give the room back however an expensive request ends', async () => {
    const origin = await open({ expensiveAtOnce: 1 })
    const targets = [
      '/fhir/Patient/1/$everything',
      '/fhir/_history',
      '/fhir/Patient/%/$everything',
      '/fhir/$everything',
    ]
    for (const target of [...targets, ...targets])
      expect((await ask(origin, 'GET', target, { headers: bearer('doctor rose') })).status, target).not.to.equal(429)
  })

  it('know what is expensive', () => {
    const paths = (...texts: string[]) => texts.map((text) => isExpensive('GET', text.split('/').filter(Boolean)))
    expect(
      paths('', '_history', 'Patient/_history', 'Patient/1/$everything', 'Patient/$match', '_search'),
    ).not.to.include(false)
    expect(
      paths('Patient', 'Patient/1', 'Patient/1/_history', 'Patient/_search', 'metadata', 'CodeSystem/$lookup'),
    ).not.to.include(true)
    expect(isExpensive('POST', [])).to.equal(false)
  })

  it('are not for an open server', async () => {
    const origin = await open({ rateLimit: 1, rateLimitIp: 1, authorityOf: undefined as never })
    expect(refused(await many(30, () => ask(origin, 'GET', '/fhir/Patient/1')))).to.equal(0)
  })
})
