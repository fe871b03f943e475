import { expect } from 'chai'
import type { Database, Queryable } from '../../server/db/database.ts'
import { openDatabase } from '../../server/db/open.ts'
import { raw, sql } from '../../server/db/sql.ts'
import { FhirError } from '../../server/errors.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

interface Item {
  n: number
}

describe('A stream of rows', () => {
  let base: TestDatabase
  let db: Database // one connection: whatever is not given back is missed at once
  before(async () => {
    base = await testDatabase({ owner: true })
    db = await openDatabase({ at: base.connection, connections: 1 })
  })
  after(async () => {
    await db.close()
    await base.drop()
  })

  const upTo = (n: number) => sql`select n from generate_series(1, ${n}::int) n`
  const stillWorks = async () => expect(await db.rows(sql`select ${1}::int as n`)).to.deep.equal([{ n: 1 }])
  async function take(from: Queryable, n: number, batch: number, stop = Infinity): Promise<number[]> {
    const got: number[] = []
    for await (const rows of from.stream<Item>(upTo(n), batch)) {
      expect(rows.length).to.be.at.most(batch)
      got.push(...rows.map((row) => row.n))
      if (got.length >= stop) break
    }
    return got
  }
  const numbers = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

  it('gives every row once, in order, in batches', async () => {
    for (const n of [0, 1, 99, 100, 101, 1000]) expect(await take(db, n, 100)).to.deep.equal(numbers(n))
    await stillWorks()
  })

  it('gives its connection back when the consumer stops early', async () => {
    expect(await take(db, 1_000_000, 10, 30)).to.deep.equal(numbers(30))
    await stillWorks()
    const stopped = take(db, 100, 10).then(() => {
      throw new Error('consumer')
    })
    await stopped.catch((error: Error) => expect(error.message).to.equal('consumer'))
    await stillWorks()
  })

  it('works inside a transaction, between other statements', async () => {
    const all = await db.transaction(async (tx) => {
      const before = tx.rows(raw('create temporary table seen (n int) on commit drop'))
      const got = await take(tx, 250, 100)
      await before
      await Promise.all([tx.rows(sql`insert into seen values (1)`), tx.rows(sql`insert into seen values (2)`)])
      const early = await take(tx, 250, 100, 100)
      return [got.length, early.length, (await tx.rows(sql`select n from seen`)).length]
    })
    expect(all).to.deep.equal([250, 100, 2])
    await stillWorks()
  })

  it('does not cut off a reader who is slower than the statement timeout, but a slow batch', async () => {
    const hasty = await openDatabase({ at: base.connection, connections: 1, statementTimeout: 400 })
    let got = 0
    for await (const rows of hasty.stream(sql`select repeat('x', 1000) from generate_series(1, 40)`, 10)) {
      got += rows.length
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    expect(got).to.equal(40)
    const slow = hasty.stream(sql`select pg_sleep(0.1) from generate_series(1, 10)`, 10)[Symbol.asyncIterator]()
    const error = await slow.next().then(
      () => expect.fail('it was not refused'),
      (thrown: FhirError) => thrown,
    )
    expect(error.refusal).to.equal('too-costly')
    await hasty.close()
  })

  it('throws what fails on the way, and gives its connection back', async () => {
    const failing = [raw('select 10 / (500 - n) as n from generate_series(1, 1000) n'), raw('select n from nowhere')]
    for (const statement of failing) {
      let error: unknown
      try {
        for await (const rows of db.stream<Item>(statement, 100)) expect(rows).to.have.length(100)
      } catch (thrown) {
        error = thrown
      }
      expect(error).to.be.instanceOf(FhirError)
      await stillWorks()
    }
  })

  it('ends with unavailable when the connection breaks on the way, also while the consumer stops', async () => {
    for (const stops of [false, true]) {
      let status = 0
      try {
        for await (const _ of db.stream(sql`select repeat('x', 10000) as text from generate_series(1, 100000)`, 10)) {
          await base.db.rows(sql`
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and query like 'fetch%' and pid <> pg_backend_pid()`)
          if (stops) break
        }
      } catch (error) {
        status = (error as FhirError).status
      }
      expect(status).to.equal(stops ? 0 : 503)
      await stillWorks()
    }
  })
})
