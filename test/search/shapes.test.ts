import { expect } from 'chai'
import type { Database, Queryable } from '../../server/db/database.ts'
import { raw, sql } from '../../server/db/sql.ts'
import { PLANNED_BY_VALUES, Shapes } from '../../server/store/search/shapes.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

interface Prepared {
  readonly generic_plans: bigint
  readonly custom_plans: bigint
}

describe('shapes of searches', () => {
  let database: TestDatabase
  let db: Database
  before(async () => {
    database = await testDatabase()
    db = database.db
  })
  after(() => database.drop())

  const prepared = (tx: Queryable) =>
    tx.rows<Prepared>(sql`
      select generic_plans, custom_plans from pg_prepared_statements where name like 'search_%' `)
  const find = (shapes: Shapes, tx: Queryable, type: number) =>
    shapes.run<{ n: bigint }>(
      tx,
      sql`select count(*) as n from generate_series(1, 300) type where ${PLANNED_BY_VALUES} and type < ${type}::integer`,
    )

  it('are prepared when they are frequent, and planned by their values each time all the same', async () => {
    await db.transaction(async (tx) => {
      const shapes = new Shapes(2, 3)
      for (let i = 0; i < 3; i++) await find(shapes, tx, i)
      expect(await prepared(tx)).to.deep.equal([])
      for (let i = 0; i < 20; i++) expect(await find(shapes, tx, i + 1)).to.deep.equal([{ n: BigInt(i) }])
      expect(await prepared(tx)).to.deep.equal([{ generic_plans: 0n, custom_plans: 20n }])
    })
  })

  it('are prepared up to a limit; others are answered too', async () => {
    await db.transaction(async (tx) => {
      const shapes = new Shapes(1, 1)
      const before = (await prepared(tx)).length
      for (const column of ['a', 'b', 'c'])
        for (let i = 0; i < 3; i++) {
          const found = await shapes.run(tx, sql`select ${String(i)}::text as ${raw(column)}`)
          expect(found).to.deep.equal([{ [column]: String(i) }])
        }
      expect(await prepared(tx)).to.have.length(before + 1)
    })
  })
})
