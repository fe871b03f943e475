import { expect } from 'chai'
import pg from 'pg'
import type { Queryable } from '../../server/db/database.ts'
import { openDatabase } from '../../server/db/open.ts'
import { raw, sql } from '../../server/db/sql.ts'
import { FhirError } from '../../server/errors.ts'
import { until } from '../harness/until.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

interface Count {
  n: number
}

describe('A transaction', () => {
  let base: TestDatabase
  before(async () => {
    base = await testDatabase({ owner: true })
    await base.db.rows(raw('create table word (name text primary key, n int not null default 0)'))
    await base.db.rows(raw(`create table late (n int)`))
    await base.db.rows(
      raw(
        `create function linger() returns trigger language plpgsql as 'begin perform pg_sleep(15); return null; end'`,
      ),
    )
    await base.db.rows(
      raw(`create constraint trigger linger after insert on late deferrable initially deferred
           for each row execute function linger()`),
    )
  })
  after(() => base.drop())

  const refused = async (work: Promise<unknown>): Promise<FhirError> =>
    work.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => {
        expect(error).to.be.instanceOf(FhirError)
        return error as FhirError
      },
    )
  const count = async (name: string) =>
    (await base.db.rows<Count>(sql`select count(*)::int as n from word where name = ${name}`))[0]?.n
  const add = (tx: Queryable, name: string) => tx.rows(sql`insert into word (name) values (${name})`)
  const bump = (tx: Queryable, name: string) => tx.rows(sql`update word set n = n + 1 where name = ${name}`)

  it('is there for everybody once it resolved', async () => {
    expect(await base.db.transaction(async (tx) => (await add(tx, 'kept'), 'answer'))).to.equal('answer')
    expect(await count('kept')).to.equal(1)
  })

  it('tells when a large statement has left, long before it is answered, and also when it never can', async () => {
    const large = 'x'.repeat(8_000_000)
    const told: string[] = []
    await base.db.transaction(async (tx) => {
      const answer = tx.rows(sql`select pg_sleep(0.3), length(${large})`).then(() => told.push('answered'))
      await tx.left?.()
      told.push('left')
      await answer
    })
    expect(told).to.deep.equal(['left', 'answered'])
    const ended = base.db.transaction(async (tx) => {
      const [self] = await tx.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await base.db.rows(sql`select pg_terminate_backend(${self?.pid}, 5000)`)
      await tx.left?.()
      await tx.rows(sql`select 1`)
    })
    expect((await refused(ended)).refusal).to.equal('unavailable')
  })

  it('leaves nothing when its work throws', async () => {
    const work = base.db.transaction(async (tx) => {
      await add(tx, 'thrown')
      throw new FhirError('conflict', 'No.')
    })
    expect((await refused(work)).message).to.equal('No.')
    expect(await count('thrown')).to.equal(0)
  })

  it('tells of statements that were sent together why the first of them failed, whichever is heard of first', async () => {
    const work = base.db.transaction(async (tx) => {
      const failing = async () => tx.rows(raw('select 1 / 0'))
      const heardLate = async () => await (async () => await (async () => await failing())())()
      await Promise.all([heardLate(), tx.rows(raw('select 1'))])
    })
    expect((await refused(work)).cause).to.have.property('code', '22012')
  })

  it('refuses to pretend when a failed statement was swallowed', async () => {
    const work = base.db.transaction(async (tx) => {
      await add(tx, 'swallowed')
      await tx.rows(raw('select 1 / 0')).catch(() => undefined)
    })
    expect((await refused(work)).refusal).to.equal('broken')
    expect(await count('swallowed')).to.equal(0)
  })

  it('sends statements together and tells of the first that failed', async () => {
    const work = base.db.transaction((tx) =>
      Promise.all([add(tx, 'together'), tx.rows(raw('select * from nowhere')), add(tx, 'behind')]),
    )
    expect((await refused(work)).cause).to.have.property('code', '42P01')
    expect(await count('together')).to.equal(0)
    await base.db.transaction((tx) => Promise.all([add(tx, 'one'), add(tx, 'two'), add(tx, 'three')]))
    expect(await count('three')).to.equal(1)
  })

  it('runs again when a concurrent one wrote the same key first, and then sees it', async () => {
    let tries = 0
    const meeting = meetingOf(8)
    const getOrAdd = () =>
      base.db.transaction(async (tx) => {
        tries++
        const there = await tx.rows(sql`select 1 from word where name = 'shared'`)
        await meeting()
        if (there.length === 0) await add(tx, 'shared')
        return there.length === 0 ? 'added' : 'found'
      })
    const outcomes = await Promise.all(Array.from({ length: 8 }, getOrAdd))
    expect(outcomes.filter((outcome) => outcome === 'added')).to.have.length(1)
    expect(tries).to.be.greaterThan(8)
    expect(await count('shared')).to.equal(1)
  })

  it('runs again after a deadlock, so that both are done', async () => {
    await base.db.transaction((tx) => Promise.all([add(tx, 'left'), add(tx, 'right')]))
    let tries = 0
    const meeting = meetingOf(2)
    const cross = (first: string, second: string) =>
      base.db.transaction(async (tx) => {
        tries++
        await bump(tx, first)
        await meeting()
        await bump(tx, second)
      })
    await Promise.all([cross('left', 'right'), cross('right', 'left')])
    const rows = await base.db.rows<Count>(sql`select n from word where name in ('left', 'right')`)
    expect(rows).to.deep.equal([{ n: 2 }, { n: 2 }])
    expect(tries).to.be.greaterThan(2)
  })

  it('runs again after a serialization failure', async () => {
    await base.db.rows(sql`insert into word (name) values ('serial')`)
    let tries = 0
    const meeting = meetingOf(3)
    const increase = () =>
      base.db.transaction(async (tx) => {
        tries++
        await tx.rows(raw('set transaction isolation level repeatable read'))
        const [row] = await tx.rows<Count>(sql`select n from word where name = 'serial'`)
        await meeting()
        await tx.rows(sql`update word set n = ${(row?.n ?? 0) + 1} where name = 'serial'`)
      })
    await Promise.all([increase(), increase(), increase()])
    expect(await base.db.rows<Count>(sql`select n from word where name = 'serial'`)).to.deep.equal([{ n: 3 }])
    expect(tries).to.be.greaterThan(3)
  })

  it('gives up after five tries with a conflict that quotes no value', async () => {
    let tries = 0
    const work = base.db.transaction((tx) => (tries++, add(tx, 'kept')))
    const error = await refused(work)
    expect([error.status, tries]).to.deep.equal([409, 5])
    expect(JSON.stringify([error, error.cause, String(error.cause)])).to.not.contain('kept')
  })

  it('answers unavailable, once, when the connection breaks inside it or during the commit', async () => {
    for (const duringCommit of [false, true]) {
      let tries = 0
      const work = base.db.transaction(async (tx) => {
        tries++
        const [me] = await tx.rows<{ pid: number }>(sql`select pg_backend_pid() as pid`)
        setTimeout(() => void base.db.rows(sql`select pg_terminate_backend(${me?.pid}::int)`), 100)
        await tx.rows(duringCommit ? sql`insert into late values (1)` : sql`select pg_sleep(15)`)
      })
      const error = await refused(work)
      expect([error.status, tries]).to.deep.equal([503, 1])
    }
    expect(await base.db.rows(sql`select from late`)).to.have.length(0)
  })

  it('gives its connection back however it ends', async () => {
    const db = await openDatabase({ at: base.connection, connections: 1 })
    const failing = [raw('select 1 / 0'), raw('selec'), raw('select pg_terminate_backend(pg_backend_pid())')]
    for (const statement of failing) {
      await refused(db.transaction((tx) => tx.rows(statement)))
      await refused(db.rows(statement))
      expect(await db.rows(sql`select ${7}::int as n`)).to.deep.equal([{ n: 7 }])
    }
    await db.close()
  })

  it('refuses what takes too long as too costly', async () => {
    const db = await openDatabase({ at: base.connection, connections: 1, statementTimeout: 300 })
    expect((await refused(db.rows(sql`select pg_sleep(2)`))).refusal).to.equal('too-costly')
    expect((await refused(db.transaction((tx) => tx.rows(sql`select pg_sleep(2)`)))).refusal).to.equal('too-costly')
    expect(await db.rows(sql`select 1 as n`)).to.have.length(1)
    await db.close()
  })

  it('answers unavailable when there is no server', async () => {
    const db = await openDatabase({ at: 'postgres://nobody@127.0.0.1:1/nothing' })
    expect((await refused(db.rows(sql`select 1`))).status).to.equal(503)
    expect((await refused(db.transaction((tx) => tx.rows(sql`select 1`)))).status).to.equal(503)
    await db.close()
  })

  it('survives that every idle connection breaks', async () => {
    const heard: string[] = []
    const db = await openDatabase({ at: base.connection, connections: 3, say: (message) => heard.push(message) })
    await Promise.all([1, 2, 3].map(() => db.rows(sql`select pg_sleep(0.02)`)))
    const other = new pg.Client(base.connection)
    await other.connect()
    await other.query(`select pg_terminate_backend(pid) from pg_stat_activity
                       where datname = current_database() and pid <> pg_backend_pid()`)
    await other.end()
    await until(() => heard.length >= 3)
    expect(heard).to.have.length(3)
    expect(await db.rows(sql`select 1 as n`)).to.have.length(1)
    await db.close()
  })
})

/** Lets so many transactions wait for each other in their first try, and none in any later one. */
function meetingOf(many: number): () => Promise<void> {
  let come = 0
  let go = () => {}
  const all = new Promise<void>((resolve) => (go = resolve))
  return () => {
    if (++come === many) go()
    return all
  }
}
