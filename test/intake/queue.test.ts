import { expect } from 'chai'
import { raw, sql } from '../../server/db/sql.ts'
import {
  ATTEMPTS,
  claim,
  enqueue,
  fail,
  finish,
  giveBack,
  heartbeat,
  hold,
  LeaseLost,
  queueState,
} from '../../server/jobs/queue.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

describe('The queue', () => {
  let base: TestDatabase
  beforeEach(async () => {
    base = await testDatabase()
  })
  afterEach(() => base.drop())

  const put = (lane: string, ...numbers: number[]) =>
    enqueue(
      base.db,
      numbers.map((n) => ({ kind: 'k', lane, payload: { n } })),
    )
  const numbers = async (most = 10, seconds?: number) =>
    (await claim(base.db, most, seconds))?.map(({ lane, payload }) => `${lane}${String(payload['n'])}`)

  /** Seconds since 1970. */
  const due = async (what: string): Promise<number> =>
    (await base.db.rows<{ at: number }>(raw(`select extract(epoch from ${what})::float8 as at from job`)))[0]?.at ?? 0

  it('gives the jobs of a lane in order, and to one worker at a time', async () => {
    await put('a', 1, 2, 3)
    await put('b', 1)
    expect(await numbers(2)).to.deep.equal(['a1', 'a2'])
    expect(await numbers()).to.deep.equal(['b1'])
    expect(await numbers()).to.equal(undefined)
  })

  it('gives a lane to one of many who ask at once', async () => {
    await put('a', 1, 2)
    await put('b', 1)
    await put('c', 1)
    const all = await Promise.all(Array.from({ length: 8 }, () => numbers()))
    const taken = [...all, await numbers(), await numbers()].flatMap((one) => one ?? [])
    expect(taken.toSorted()).to.deep.equal(['a1', 'a2', 'b1', 'c1'])
  })

  it('goes on with the lane when what came before is finished', async () => {
    await put('a', 1, 2)
    const first = (await claim(base.db, 1)) ?? []
    expect(await numbers()).to.equal(undefined)
    await finish(base.db, first)
    expect(await numbers()).to.deep.equal(['a2'])
  })

  it('gives what a killed worker left behind to another one, alone; the first may no longer write', async () => {
    await put('a', 1, 2)
    const lost = (await claim(base.db, 2, 0)) ?? []
    const again = (await claim(base.db, 2)) ?? []
    expect(again.map(({ payload, attempts }) => [payload['n'], attempts])).to.deep.equal([[1, 2]])
    const refused = await base.db
      .transaction((tx) => hold(tx, lost))
      .then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(refused).to.be.instanceOf(LeaseLost)
    await finish(base.db, lost.slice(0, 1))
    await base.db.transaction((tx) => hold(tx, again))
  })

  it('keeps a lease that is renewed', async () => {
    await put('a', 1)
    const jobs = (await claim(base.db, 1, 0)) ?? []
    await heartbeat(base.db, jobs, 30)
    expect(await numbers()).to.equal(undefined)
  })

  it('tries again later, keeps the order meanwhile, and buries a job after its last try', async () => {
    await put('a', 1, 2)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      await base.db.rows(sql`update job set run_at = now()`)
      const [job] = (await claim(base.db, 1)) ?? []
      expect(job?.payload['n']).to.equal(1)
      const before = await due('min(now())')
      await fail(base.db, job ? [job] : [], 'Error')
      if (attempt === ATTEMPTS) continue
      expect((await due('max(run_at)')) - before).to.be.at.least(0.4)
      await base.db.rows(sql`update job set run_at = run_at + interval '1 hour' where attempts > 0`)
      expect(await numbers()).to.equal(undefined)
    }
    expect(await queueState(base.db)).to.deep.equal({ waiting: 1, running: 0, dead: 1 })
    expect(await numbers()).to.deep.equal(['a2'])
  })

  it('does not count a try that was given back', async () => {
    await put('a', 1)
    for (let i = 0; i < 3; i++) await giveBack(base.db, (await claim(base.db, 1)) ?? [])
    expect((await claim(base.db, 1))?.[0]?.attempts).to.equal(1)
  })

  it('holds at most one waiting job of a key, and none of another kind between two that go together', async () => {
    await enqueue(base.db, [{ kind: 'k', lane: 'a', payload: { n: 1 }, key: 'same' }])
    await enqueue(base.db, [{ kind: 'k', lane: 'a', payload: { n: 2 }, key: 'same' }])
    await enqueue(base.db, [{ kind: 'other', lane: 'a', payload: { n: 3 } }])
    await put('a', 4)
    expect(await numbers()).to.deep.equal(['a1'])
    expect((await queueState(base.db)).waiting).to.equal(2)
  })
})
