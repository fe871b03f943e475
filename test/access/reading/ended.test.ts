import type { Resource } from '@medplum/fhirtypes'
import { expect } from 'chai'
import type { Caller } from '../../../server/context.ts'
import { ask, emr, doctor, openWorld, organization, patient, person, pulse, store, system, type World } from '../audit/world.ts' // prettier-ignore

const HOUR = 3_600_000
const at = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString()
const visit = (more: object = {}) => ({
  resourceType: 'Encounter' as const,
  id: 'v',
  status: 'in-progress' as const,
  class: { code: 'IMP' },
  subject: { reference: 'Patient/p' },
  period: { start: at(-24 * 30) },
  ...more,
})
const consent = (status: string) => ({
  resourceType: 'Consent',
  id: 'given',
  status,
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
  patient: { reference: 'Patient/p' },
  policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTIN' }] },
  provision: {
    type: 'permit',
    period: { start: at(-1), end: at(24) },
    actor: [{ role: { text: 'recipient' }, reference: { reference: 'Organization/c' } }],
  },
})

/** What a caller comes to is worked out once, and care is not asked for every time: none of it may outlast what it is about. */
describe('A read of another’s row is refused at once', () => {
  let world: World
  before(async () => {
    world = await openWorld()
    const { house } = world
    await store(house, 'b', organization('b'), person('p'), pulse('b1', 'p'))
    await store(house, 'a', organization('a'), person('own'), pulse('a1', 'own'))
    await store(house, 'c', organization('c'), pulse('c1', 'other'))
  })
  after(() => world.database.drop())

  const status = async (who: Caller, line: string) => (await ask(world.house, who, line)).status
  const put = async (facility: string, resource: object) =>
    store(world.house, facility, resource as Resource & { id: string })
  const many = async (who: Caller, line: string, count: number) => {
    for (let n = 0; n < count; n++) expect(await status(who, line)).to.equal(200)
  }

  /** How long they have read their own before, from where care comes along with a row to where it does not. */
  const habits = [0, 3, 8, 12]
  const ends: Readonly<Record<string, () => Promise<void>>> = {
    'a visit that was over a week ago': () =>
      put('a', visit({ status: 'finished', period: { start: at(-24 * 30), end: at(-24 * 9) } })),
    'a visit entered in error': () => put('a', visit({ status: 'entered-in-error' })),
    'a visit of somebody else': () => put('a', visit({ subject: { reference: 'Patient/own' } })),
    'a visit that is gone': async () =>
      void expect((await ask(world.house, system('a'), 'DELETE Encounter/v')).status).to.be.oneOf([200, 204]),
  }
  for (const [what, end] of Object.entries(ends)) {
    it(`when its care ends: ${what}`, async () => {
      for (const own of habits) {
        for (const who of [emr('a'), doctor('a', 'd')]) {
          await put('a', visit())
          await many(who, 'GET Observation/b1', 2)
          await many(who, 'GET Observation/a1', own)
          await end()
          expect(await status(who, 'GET Observation/b1'), `${own} own before`).to.equal(404)
          expect(await status(who, 'GET Patient/p')).to.equal(404)
          await put('a', visit())
          await many(who, 'GET Observation/b1', 1)
        }
      }
    })
  }

  it('when the opening is over by the clock', async () => {
    const { now } = Date
    await put('a', visit({ period: { start: at(-1) } }))
    const who = emr('a')
    await many(who, 'GET Observation/b1', 2)
    await many(who, 'GET Observation/a1', 10)
    await world.house.journal.drain() // nothing waits for a hundred days
    try {
      Date.now = () => now() + 100 * 24 * HOUR
      expect(await status(who, 'GET Observation/b1')).to.equal(404)
      await world.house.journal.drain()
      expect(await status(who, 'GET Observation/a1')).to.equal(200)
    } finally {
      Date.now = now
    }
    expect(await status(who, 'GET Observation/b1')).to.equal(200)
  })

  it('when the consent is revoked', async () => {
    for (const own of habits) {
      const who = emr('c')
      expect(await status(who, 'GET Observation/b1')).to.equal(404)
      const given = await ask(world.house, patient('p'), 'PUT Consent/given', consent('active'))
      expect(given.status, given.text).to.be.oneOf([200, 201])
      await many(who, 'GET Observation/b1', 1)
      await many(who, 'GET Observation/c1', own)
      expect((await ask(world.house, patient('p'), 'PUT Consent/given', consent('inactive'))).status).to.equal(200)
      expect(await status(who, 'GET Observation/b1'), `${own} own before`).to.equal(404)
    }
  })

  it('to those who ask in the same moment as somebody who may read it', async () => {
    await put('a', visit())
    const callers = Array.from({ length: 30 }, (_, i) => emr(['a', 'b', 'c'][i % 3] ?? ''))
    const told = await Promise.all(callers.map((who) => status(who, 'GET Observation/b1')))
    expect(told).to.deep.equal(callers.map(({ facility }) => (facility === 'c' ? 404 : 200)))
  })
})
