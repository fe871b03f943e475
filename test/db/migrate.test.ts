import { expect } from 'chai'
import type { Database } from '../../server/db/database.ts'
import { migrate, readMigrations, type Migration } from '../../server/db/migrate.ts'
import { inDatabase } from '../../server/db/connection.ts'
import { openDatabase } from '../../server/db/open.ts'
import { raw, sql } from '../../server/db/sql.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

describe('Migrations', () => {
  let base: TestDatabase
  let ours: Migration[]
  before(async () => {
    base = await testDatabase({ owner: true })
    ours = await readMigrations()
  })
  after(() => base.drop())

  const next = (text: string, name = '901_next.sql'): Migration[] => [...ours, { name, text }]
  const refusal = async (db: Database, migrations: Migration[]): Promise<string> =>
    migrate(db, migrations).then(
      () => expect.fail('it was not refused'),
      (error: Error) => `${error.message} ${String(error.cause)}`,
    )

  it('are numbered without a gap or a double', () => {
    const numbers = ours.map(({ name }) => Number(name.slice(0, 3)))
    expect(numbers).to.deep.equal(numbers.map((_, i) => i + 1))
  })

  it('are applied once', async () => {
    expect(await migrate(base.db)).to.deep.equal([])
  })

  it('leave nothing of one that fails', async () => {
    expect(await refusal(base.db, next('create table half (n int); select 1 / 0'))).to.contain('22012')
    expect(await base.db.rows(sql`select from pg_class where relname = 'half'`)).to.have.length(0)
  })

  it('are applied by one of several servers that start at once', async () => {
    const step = next('create table whole (n int); insert into whole values (1)')
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(base.db, step)))
    expect(applied.flat()).to.deep.equal(['901_next.sql'])
    expect(await base.db.rows(raw('select n from whole'))).to.have.length(1)
  })

  it('are refused by a database that could not hold every name', async () => {
    await base.db.rows(raw(`create database plain_ascii encoding 'SQL_ASCII' locale 'C' template template0`))
    const plain = await openDatabase({ at: inDatabase(base.connection, 'plain_ascii') })
    expect(await refusal(plain, ours)).to.contain("encoding 'UTF8'")
    await plain.close()
    await base.db.rows(raw('drop database plain_ascii with (force)'))
  })

  it('are refused when an applied one was changed, or is unknown here', async () => {
    expect(await refusal(base.db, next('create table other (n int)'))).to.contain('901_next.sql was changed')
    expect(await refusal(base.db, ours)).to.contain('newer Parchi (901_next.sql)')
  })
})
