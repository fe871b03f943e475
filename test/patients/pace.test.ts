import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFollowing } from '../../server/patients/follow.ts'
import { until } from '../harness/until.ts'
import { openCity, source } from './people.ts'

/** Two records of one person each. */
const pairs = [
  [
    source('clinic', 'Smt. Suneeta Sahoo', 'female', '1984-03-12', '9826012345'),
    source('lab', 'Sunita Sahu', 'female', '1984-03-12', '9826012345'),
  ],
  [
    source('ward', 'Ramesh Verma', 'male', '1971-01-30', '9811111111'),
    source('eye', 'Ramesh Verma', 'male', '1971-01-30', '9811111111'),
  ],
]

describe('Linking while others are busy', () => {
  let city: Awaited<ReturnType<typeof openCity>>
  before(async () => {
    city = await openCity()
  })
  afterEach(() => city.wipe())
  after(() => city.drop())

  it('rests as long as they are, but records wait for their patience at most, and those after them anew', async () => {
    const before = performance.now()
    const following = startFollowing(city.house, { pressed: () => true, patience: 1000 })
    try {
      for (const [n, pair] of pairs.entries()) {
        await city.put(...pair)
        await until(async () => (await city.clusters()).length > n)
        expect(performance.now() - before).to.be.at.least(1000 * (n + 1))
      }
    } finally {
      await following.stop()
    }
  })

  it('begins as soon as they are not', async () => {
    let busy = true
    const following = startFollowing(city.house, { pressed: () => busy, patience: 60_000 })
    try {
      await city.put(...pairs[0]!)
      await sleep(600)
      expect(await city.clusters()).to.deep.equal([])
      busy = false
      await until(async () => (await city.clusters()).length > 0)
    } finally {
      await following.stop()
    }
  })

  it('stops at once while it rests', async () => {
    const following = startFollowing(city.house, { pressed: () => true, patience: 60_000 })
    await sleep(50)
    await following.stop() // a minute later this test would have failed
  })
})
