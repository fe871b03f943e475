import { expect } from 'chai'
import type { Database } from '../../server/db/database.ts'
import { openHouse, type TestHouse } from '../harness/house.ts'

describe('Profiles that nobody knows', () => {
  let opened: TestHouse
  before(async () => {
    opened = await openHouse()
  })
  after(() => opened.drop())

  it('are looked for together, however many a sender names', async () => {
    const { profiles, db } = opened.house
    let statements = 0
    const counting = Object.assign(Object.create(db) as Database, {
      rows: (...asked: Parameters<Database['rows']>) => {
        statements++
        return db.rows(...asked)
      },
    })
    const claimed = (from: number, many: number) => ({
      resourceType: 'Patient',
      meta: { profile: Array.from({ length: many }, (_, i) => `http://example.org/profile-${from + i}`) },
    })
    const findings = await profiles.examine(counting, claimed(0, 3_000))
    expect(findings.length).to.be.above(0)
    expect(statements).to.be.below(6)
  })
})
