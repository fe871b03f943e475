import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

describe('A database', () => {
  let base: TestDatabase
  before(async function () {
    base = await testDatabase()
  })
  after(() => base.drop())

  it('gives int8 as bigint, alone and in arrays', async () => {
    const rows = await base.db.rows(sql`select 9007199254740993::int8 as one, array[1, null]::int8[] as many`)
    expect(rows).to.deep.equal([{ one: 9007199254740993n, many: [1n, null] }])
  })
})
