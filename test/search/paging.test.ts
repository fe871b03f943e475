import { expect } from 'chai'
import type { Resource } from '@medplum/fhirtypes'
import { askAll } from './ask.ts'
import { Random } from './random.ts'
import { openWorld, type World } from './world.ts'

const SIZE = 60

describe('paging while others write', () => {
  let world: World
  const random = new Random(11)
  beforeEach(async () => {
    world = await openWorld(Array.from({ length: SIZE }, (_, i) => patient(i, random)))
  })
  afterEach(() => world.close())

  const expected = Array.from({ length: SIZE }, (_, i) => `Patient/p${i}`)
  const orders = [
    '',
    '_sort=birthdate&',
    '_sort=-family,birthdate&',
    '_sort=gender,-_id&',
    '_sort=-gender,family&',
    '_sort=_lastUpdated&',
    '_sort=-_lastUpdated&',
  ]

  for (const order of orders) {
    it(`repeats and loses nothing ordered by ${order || 'default'} when every resource may change between pages`, async () => {
      let fresh = 0
      const found = await askAll(world.house, `Patient?${order}_count=7`, async () => {
        const changed = new Set(Array.from({ length: 15 }, () => random.int(SIZE)))
        await world.put([...changed].map((i) => patient(i, random)))
        await world.put([patient(1000 + fresh++, random)])
      })
      const old = found.filter((place) => expected.includes(place))
      expect(old).to.have.members(expected).and.lengthOf(SIZE)
      expect(new Set(found).size).to.equal(found.length)
      if (order !== '') expect(found, 'what was created since stays out').to.have.lengthOf(SIZE)
    })
  }

  it('keeps the order of the first page although the values change', async () => {
    const before = await askAll(world.house, 'Patient?_sort=family,gender,-birthdate&_count=100')
    const during = await askAll(world.house, 'Patient?_sort=family,gender,-birthdate&_count=9', async () => {
      await world.put(
        Array.from({ length: 25 }, () => random.int(SIZE))
          .filter((i, at, all) => all.indexOf(i) === at)
          .map((i) => patient(i, random)),
      )
    })
    expect(during).to.deep.equal(before)
  })

  it('leaves out what was deleted, and still repeats nothing', async () => {
    let next = 0
    const found = await askAll(world.house, 'Patient?_sort=birthdate&_count=10', async () => {
      await world.remove('Patient', `p${next++}`)
    })
    expect(new Set(found).size).to.equal(found.length)
    const gone = Array.from({ length: next }, (_, i) => `Patient/p${i}`)
    expect(found).to.include.members(expected.filter((place) => !gone.includes(place)))
  })
})

function patient(i: number, random: Random): Resource {
  return {
    resourceType: 'Patient',
    id: `p${i}`,
    ...(random.chance(0.8) && { name: [{ family: random.pick(['Rao', 'Şahin', 'शर्मा', 'de Souza', '𐍈', 'ﬁ']) }] }),
    ...(random.chance(0.8) && { gender: random.pick(['male', 'female', 'other'] as const) }),
    ...(random.chance(0.8) && { birthDate: random.pick(['1950', '1970-01', '1999-09-09', '2020-02-29']) }),
  }
}
