import type { Readable } from 'node:stream'
import { expect } from 'chai'
import { BREAK_GLASS } from '../../../server/access/tiers.ts'
import type { Caller } from '../../../server/context.ts'
import type { Database } from '../../../server/db/database.ts'
import { FhirError } from '../../../server/errors.ts'
import { desk } from '../../../server/interactions/desk.ts'
import { ask, BASE, doctor, emr, openWorld, organization, person, pulse, rowsOf, store, system, type World } from './world.ts' // prettier-ignore

/** Of a record that was opened in an emergency the audit waits for the table: and where there is none, most of it has left. */
describe('A whole record behind broken glass, streamed while the database goes away', () => {
  let world: World
  let asha: Caller
  before(async () => {
    world = await openWorld()
    await store(world.house, 'aiims', organization('aiims'), organization('rose'), person('savitri'))
    const request = (id: string) => ({ method: 'PUT', url: `Observation/${id}` })
    const entry = Array.from({ length: 1100 }, (_, i) => ({ resource: pulse(`o${i}`, 'savitri'), request: request(`o${i}`) })) // prettier-ignore
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry }
    expect((await ask(world.house, system('aiims'), 'POST ', bundle)).status).to.equal(200)
    asha = doctor('rose', 'asha')
    const parameter = [
      { name: 'reason', valueCode: 'ETREAT' },
      { name: 'text', valueString: 'Brought in unconscious after a fall' },
    ]
    const broken = await ask(world.house, asha, 'POST Patient/savitri/$break-glass', { resourceType: 'Parameters', parameter }) // prettier-ignore
    expect(broken.status).to.equal(200)
  })
  after(() => world.database.drop())

  /** Its database goes away before a statement of one of these names. */
  const losing = (...names: readonly string[]): World['house'] => {
    const { db } = world.house
    let isAway = false
    const prepared: Database['prepared'] = (name, ...rest) => {
      isAway ||= names.includes(name)
      return isAway ? Promise.reject(new FhirError('unavailable', 'away')) : db.prepared(name, ...rest)
    }
    return { ...world.house, db: new Proxy(db, { get: (target, key: keyof Database) => (key === 'prepared' ? prepared : target[key]) }) } // prettier-ignore
  }

  const taken = async (house: World['house'], actor = asha) => {
    const request = { method: 'GET', path: ['Patient', 'savitri', '$everything'], query: [], headers: {} } as const
    let [bytes, isWhole] = [0, false]
    try {
      const { body } = await desk(house, { requestId: 's', actor, base: BASE }, request)
      for await (const piece of body as Readable) bytes += String(piece).length
      isWhole = true
    } catch {
      // broken off
    }
    return { bytes, isWhole }
  }

  for (const name of ['audit_reason', 'audit_insert']) {
    it(`is in the audit although it broke off at its end (${name})`, async () => {
      let left = { bytes: 0, isWhole: true }
      const found = await rowsOf(world, async () => (left = await taken(losing(name))))
      expect(left.isWhole, 'nobody takes it for whole').to.equal(false)
      expect(left.bytes, 'most of it has left').to.be.above(10_000)
      expect(found.map(({ code, who, outcome, seen }) => ({ code, who, outcome, seen }))).to.deep.equal([
        { code: '$everything', who: 'asha', outcome: 12, seen: { Patient: 1, Observation: 1100 } },
      ])
      expect((found[0]?.tier ?? 0) & BREAK_GLASS).to.equal(BREAK_GLASS)
    })
  }

  it('is in the audit although the files take nothing at its end, as any other', async () => {
    const append = () => Promise.reject(new Error('the disk is full'))
    const house = { ...world.house, journal: { append } as unknown as World['house']['journal'] }
    const found = await rowsOf(world, async () => expect((await taken(house, emr('aiims'))).isWhole).to.equal(false))
    expect(found.map(({ who, seen }) => ({ who, seen }))).to.deep.equal([
      { who: 'emr-aiims', seen: { Patient: 1, Observation: 1100 } },
    ])
  })

  it('is in the audit, with its reason, when all goes well', async () => {
    const found = await rowsOf(world, async () => expect((await taken(world.house)).isWhole).to.equal(true))
    expect(found.map(({ status, reason }) => ({ status, reason }))).to.deep.equal([{ status: 200, reason: 'ETREAT' }])
  })
})
