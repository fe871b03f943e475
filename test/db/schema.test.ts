import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'chai'
import { dumpSchema } from '../../server/db/schema.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

const file = new URL('../../server/db/schema.sql', import.meta.url)

describe('The schema', () => {
  let base: TestDatabase
  before(async () => {
    base = await testDatabase()
  })
  after(() => base.drop())

  it('is the one committed as server/db/schema.sql (UPDATE_SCHEMA=1 writes it)', async () => {
    const dumped = await dumpSchema(base.db)
    if (process.env['UPDATE_SCHEMA']) await writeFile(file, dumped)
    expect(dumped).to.equal(await readFile(file, 'utf8'))
  })
})
