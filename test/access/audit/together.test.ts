import { randomUUID } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import pg from 'pg'
import { raw } from '../../../server/db/sql.ts'
import type { House } from '../../../server/interactions/house.ts'
import { makeLog } from '../../../server/log.ts'
import { insertLines } from '../../../server/store/audit.ts'
import { Journal, type JournalOptions } from '../../../server/store/journal.ts'
import { testJournal } from '../../harness/journal.ts'
import { ask, emr, openWorld, organization, person, pulse, rowsOf, store, type World } from './world.ts'

describe('The audit and what it is of stand or fall together:', () => {
  let world: World
  let owner: pg.Client
  before(async () => {
    world = await openWorld()
    await store(world.house, 'aiims', organization('aiims'), person('savitri'), pulse('p1', 'savitri'))
    owner = new pg.Client(world.database.connection)
    await owner.connect()
  })
  after(async () => {
    await owner.end()
    await world.database.drop()
  })

  const whileShut = async <T>(work: () => Promise<T>): Promise<T> => {
    await owner.query('alter table audit add constraint shut check (false) not valid')
    try {
      return await work()
    } finally {
      await owner.query('alter table audit drop constraint shut')
    }
  }
  const stored = async () =>
    (await world.house.db.rows(raw('select type, id, version from resource order by type, id'))).length

  it('a write commits in the transaction that its audit row commits in', async () => {
    const [row] = await rowsOf(world, () => ask(world.house, emr('aiims'), 'POST Observation', pulse('x', 'savitri')))
    const { rows: found } = await owner.query(
      'select a.tx = r.tx as same from audit a join resource r on r.id = a.resource where a.id = $1',
      [row?.id],
    )
    expect(found).to.deep.equal([{ same: true }])
  })

  const writes: readonly [line: string, body: object | undefined][] = [
    ['POST Observation', pulse('x', 'savitri')],
    ['PUT Observation/p1', { ...pulse('p1', 'savitri'), status: 'amended' }],
    ['PUT Observation/new', pulse('new', 'savitri')],
    ['DELETE Observation/p1', undefined],
    ['POST ', { resourceType: 'Bundle', type: 'transaction', entry: [{ resource: pulse('t', 'savitri'), request: { method: 'PUT', url: 'Observation/t' } }] }], // prettier-ignore
  ]
  for (const [line, body] of writes) {
    it(`${line.trim()} is not carried out when it cannot be audited`, async () => {
      const before = await stored()
      const found = await rowsOf(world, async () => {
        const { status } = await whileShut(() => ask(world.house, emr('aiims'), line, body))
        expect(status).to.be.at.least(500)
      })
      expect(await stored()).to.equal(before)
      expect(found.map(({ outcome, written }) => ({ outcome, written }))).to.deep.equal([{ outcome: 8, written: null }])
    })
  }

  it('an audit row goes with the write that is rolled back after it, and the failure has a row of its own', async () => {
    const { house } = world
    const before = await stored()
    const found = await rowsOf(world, () =>
      ask(endingBadly(house), emr('aiims'), 'POST Observation', pulse('x', 'savitri')),
    )
    expect(await stored()).to.equal(before)
    expect(found).to.have.length(1)
    expect(found[0]).to.include({ code: 'create', written: null, resource: null })
    expect(found[0]?.status).to.be.at.least(500)
  })

  it('a transaction that is run again is audited once', async () => {
    const found = await rowsOf(world, () =>
      ask(tryingTwice(world.house), emr('aiims'), 'POST Observation', pulse('x', 'savitri')),
    )
    expect(found).to.have.length(1)
    expect(found[0]?.written).to.deep.equal({ create: { Observation: 1 } })
  })

  const reads = ['GET Patient/savitri', 'GET Observation?code=8867-4', 'GET Patient/savitri/$everything', 'GET Patient/nobody', 'GET metadata', 'GET AuditEvent', 'GET Nonsense/1'] // prettier-ignore
  const noFolder = () => testJournal(world.house.db, '/dev/null/audit')
  for (const line of reads) {
    it(`${line} is not answered when it cannot be audited`, async () => {
      const { status, text } = await ask({ ...world.house, journal: noFolder() }, emr('aiims'), line)
      expect(status).to.equal(503)
      expect(text).not.to.include('Savitri')
    })
  }

  it('reads are answered while the database does not take their audit, and then refused until it does', async () => {
    const journal = new Journal({ ...options(world), patience: 150 })
    const read = async (n: number) =>
      (await ask({ ...world.house, journal }, emr('aiims'), 'GET Patient/savitri', undefined, {}, `r${n}`)).status
    const answered: string[] = []
    await whileShut(async () => {
      for (; (await read(answered.length)) === 200; await sleep(20)) answered.push(`r${answered.length}`)
      expect(answered.length).to.be.above(0)
      expect(await read(999)).to.equal(503)
      expect(journal.backlog).to.include({ rows: answered.length, aside: 0 })
      expect(journal.backlog.seconds).to.be.above(0.1)
    })
    const found = await rowsOf(world, () => journal.drain())
    expect(found.map(({ request }) => request)).to.have.members(answered)
    expect(await read(1000)).to.equal(200)
    await journal.close()
  })

  it('one row that PostgreSQL refuses does not hold up the others: it is set aside', async () => {
    const bad = { ...emr('aiims'), id: 'nul\0' }
    const asked = [emr('aiims'), bad, emr('aiims'), bad, emr('aiims')]
    const { folder } = options(world)
    const journal = new Journal({ ...options(world), folder })
    const found = await rowsOf(world, async () => {
      for (const caller of asked) await ask({ ...world.house, journal }, caller, 'GET Patient/savitri')
      await journal.drain()
    })
    expect(found.map(({ who }) => who)).to.deep.equal(['emr-aiims', 'emr-aiims', 'emr-aiims'])
    expect(journal.backlog).to.include({ rows: 0, aside: 2 })
    const kept = readFileSync(join(folder, 'aside'), 'utf8').trimEnd().split('\n')
    expect(kept.map((line) => (JSON.parse(line) as { who: string }).who)).to.deep.equal([bad.id, bad.id])
    expect(statSync(join(folder, 'aside')).mode & 0o777).to.equal(0o600)
    await journal.close()
  })

  it('visits that come together are each audited', async () => {
    const many = 200
    const found = await rowsOf(world, () =>
      Promise.all(
        Array.from({ length: many }, (_, i) =>
          ask(world.house, emr('aiims'), 'GET Patient/savitri', undefined, {}, `r${i}`),
        ),
      ),
    )
    expect(new Set(found.map(({ request }) => request)).size).to.equal(many)
    expect(new Set(found.map(({ id }) => id)).size).to.equal(many)
  })
})

function options({ house: { db } }: World): JournalOptions {
  const folder = join(tmpdir(), `parchi-test-audit-${randomUUID()}`)
  return { folder, insert: (lines) => insertLines(db, lines), log: makeLog('silent') }
}

/** Its transactions lose their connection right before they would be committed. */
function endingBadly(house: House): House {
  const transaction: House['db']['transaction'] = (work) =>
    house.db.transaction(async (tx) => {
      await work(tx)
      return tx.rows(raw('select pg_terminate_backend(pg_backend_pid())')) as never
    })
  return { ...house, db: { ...house.db, transaction } }
}

/** The first try of each transaction is rolled back at its end, as after a deadlock. */
function tryingTwice(house: House): House {
  const transaction: House['db']['transaction'] = (work) => {
    let tries = 0
    return house.db.transaction(async (tx) => {
      const result = await work(tx)
      if (tries++ === 0) await tx.rows(raw("do $$ begin raise exception 'again' using errcode = '40P01'; end $$"))
      return result
    })
  }
  return { ...house, db: { ...house.db, transaction } }
}
