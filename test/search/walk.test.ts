import { expect } from 'chai'
import { askAll } from './ask.ts'
import { populate } from './population.ts'
import { openWorld, type World } from './world.ts'

/** Without a condition, a search by one key goes along its index; with one that few satisfy, it sorts them. */
describe('a sorted list read along an index', () => {
  const resources = populate(7, 60)
  let world: World
  before(async () => {
    world = await openWorld(resources)
  })
  after(() => world.close())

  const cases = [
    ['Patient', 'birthdate'],
    ['Patient', 'family'],
    ['Patient', '_lastUpdated'],
    ['Encounter', 'date'],
    ['Observation', 'combo-value-quantity'],
    ['Observation', 'component-value-quantity'],
    ['RiskAssessment', 'probability'],
  ] as const
  for (const [type, code] of cases) {
    for (const key of [code, `-${code}`]) {
      it(`is the same as one that was sorted: ${type} by ${key}`, async () => {
        const ids = resources.flatMap(({ resourceType, id }) => (resourceType === type && id ? [id] : []))
        const sorted = await askAll(world.house, `${type}?_id=${ids.join(',')}&_sort=${key}&_count=100`)
        expect(sorted).to.have.lengthOf(ids.length)
        for (const count of [1, 7, 30]) {
          const walked = await askAll(world.house, `${type}?_sort=${key}&_count=${count}`)
          expect(walked, `pages of ${count}`).to.deep.equal(sorted)
        }
      })
    }
  }
})
