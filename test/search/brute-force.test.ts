import { expect } from 'chai'
import type { SearchParameter } from '@medplum/fhirtypes'
import { rid } from '../../server/fhir/keys.ts'
import { parseSearch } from '../../server/fhir/query/parse.ts'
import { isResourceType } from '../../server/fhir/types.ts'
import { resolve } from '../../server/interactions/search/resolve.ts'
import { pageByKey } from '../../server/store/search/page.ts'
import { Cases, type Case } from './cases.ts'
import { Oracle } from './oracle.ts'
import { populate } from './population.ts'
import { Random } from './random.ts'
import { openWorld, type World } from './world.ts'

const RUNS = Number(process.env['SEARCH_RUNS'] ?? 2000)
const SEED = Number(process.env['SEARCH_SEED'] ?? 20261122)

describe('search compared with looking at every resource', function () {
  this.timeout(120_000)
  let world: World
  before(async () => {
    world = await openWorld(populate(SEED, 40))
  })
  after(() => world.close())

  it(`finds what fhirpath.js and the rules of R4 find, in ${RUNS} random searches`, async () => {
    const now = Date.parse('2026-01-01T00:00:00Z')
    const oracle = new Oracle(world.resources, world.house.definitions.searchParameters() as SearchParameter[], now)
    const cases = new Cases(new Random(SEED), oracle)
    const tally = { searches: 0, empty: 0, all: 0, some: 0, chained: 0 }
    for (let i = 0; i < RUNS; i++) {
      const one = cases.next()
      const expected = oracle.search(one.type, one.pairs)
      const found = await find(one, now, i % 2 === 0 ? 1000 : 3)
      expect(found, JSON.stringify(one)).to.deep.equal(expected)
      tally.searches++
      tally[expected.length === 0 ? 'empty' : expected.length === 40 ? 'all' : 'some']++
      if (one.pairs.some(([name]) => name.includes('.') || name.startsWith('_has'))) tally.chained++
    }
    console.log(`      ${JSON.stringify(tally)}`)
  })

  async function find({ type, pairs }: Case, now: number, chainEnds: number): Promise<string[]> {
    if (!isResourceType(type)) throw new Error(type)
    const { registry, definitions } = world.house
    const scope = { registry, definitions, base: 'http://test/fhir', now }
    const plan = parseSearch(scope, pairs, { types: [type], lenient: false })
    const where = await resolve({ ...world.house, sight: 'all', chainEnds }, plan.where)
    const rows = await pageByKey(world.house.db, 'all', { ...plan, where }, undefined, 1000)
    expect(rows.map((row) => row.rid)).to.deep.equal(
      rows.map((row) => rid(row.type, row.id)).toSorted((a, b) => (a < b ? -1 : 1)),
    )
    return rows.map((row) => row.id).toSorted()
  }
})
