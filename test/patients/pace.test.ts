import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFollowing } from '../../server/patients/follow.ts'
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
    const following = startFollowing(city.house, { pressed: () => true, patience: 1000 })
    try {
      for (const [n, pair] of pairs.entries()) {
        await sleep(100)
        await city.put(...pair)
        const before = performance.now()
        while ((await city.clusters()).length <= n) await sleep(20)
        expect(performance.now() - before).to.be.within(300, 8000)
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
      const before = performance.now()
      while ((await city.clusters()).length === 0) await sleep(20)
      expect(performance.now() - before).to.be.below(10_000)
    } finally {
      await following.stop()
    }
  })

  it('stops at once while it rests', async () => {
    const following = startFollowing(city.house, { pressed: () => true, patience: 60_000 })
    await sleep(50)
    const before = performance.now()
    await following.stop()
    expect(performance.now() - before).to.be.below(1000)
  })
})
