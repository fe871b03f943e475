import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Database, Queryable } from '../../../server/db/database.ts'
import { raw } from '../../../server/db/sql.ts'
import { insertAudit, lineOf } from '../../../server/store/audit.ts'
import { sealAudit } from '../../../server/store/audit-seal.ts'
import { verifyAudit } from '../../../server/store/audit-verify.ts'
import type { Journal } from '../../../server/store/journal.ts'
import { testJournal } from '../../harness/journal.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'
import { row } from './row.ts'

type Step =
  /** A transaction is begun, its number taken; it writes and ends later, in any order. */
  | { readonly do: 'begin' }
  | { readonly do: 'write'; readonly which: number }
  | { readonly do: 'commit'; readonly which: number }
  | { readonly do: 'rollback'; readonly which: number }
  | { readonly do: 'read' }
  | { readonly do: 'ship' }
  | { readonly do: 'seal' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'begin' }) },
  { weight: 4, arbitrary: fc.nat(5).map((which): Step => ({ do: 'write', which })) },
  { weight: 3, arbitrary: fc.nat(5).map((which): Step => ({ do: 'commit', which })) },
  { weight: 1, arbitrary: fc.nat(5).map((which): Step => ({ do: 'rollback', which })) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'read' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'ship' }) },
  { weight: 3, arbitrary: fc.constant<Step>({ do: 'seal' }) },
)

interface Open {
  readonly tx: Queryable
  end(well: boolean): Promise<void>
}

describe('Whatever order writers and sealers take turns in', () => {
  let base: TestDatabase
  let journal: Journal
  before(async () => {
    base = await testDatabase()
    journal = testJournal(base.db)
  })
  after(async () => {
    await journal.close()
    await base.drop()
  })

  it('every row is under exactly one seal, and every seal holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 40 }), async (steps) => {
        const open: Open[] = []
        for (const one of steps) await take(base.db, journal, open, one)
        for (const each of open) await each.end(true)
        await journal.drain()
        await sealAll(base.db)
        const verified = await verifyAudit(base.db)
        const [{ n } = { n: -1 }] = await base.db.rows<{ n: number }>(raw('select count(*)::int as n from audit'))
        expect(verified.breaches).to.deep.equal([])
        expect({ sealed: verified.rows, unsealed: verified.unsealed }).to.deep.equal({ sealed: n, unsealed: 0 })
      }),
      { numRuns: 40 },
    )
  })

  it('also when several write and seal at once', async () => {
    const { db } = base
    let writing = true
    const sealers = Array.from({ length: 3 }, async () => {
      while (writing) {
        await db.transaction((tx) => sealAudit(tx, 7)).catch(() => undefined)
        await sleep(Math.random() * 4)
      }
    })
    const writers = Array.from({ length: 6 }, async (_, i) => {
      for (let n = 0; n < 40; n++) {
        if (i % 2 === 0) await journal.append(lineOf(row()))
        if (i % 2 === 0) await (i === 0 ? journal.drain() : sleep(Math.random() * 5))
        else await db.transaction(async (tx) => (await insertAudit(tx, [row()]), sleep(Math.random() * 5)))
      }
    })
    await Promise.all(writers)
    await journal.drain()
    writing = false
    await Promise.all(sealers)
    await sealAll(db)
    const verified = await verifyAudit(db)
    expect(verified).to.deep.include({ holds: true, unsealed: 0 })
    expect(verified.rows).to.be.at.least(240)
  })
})

async function take(db: Database, journal: Journal, open: Open[], one: Step): Promise<void> {
  if (one.do === 'read') return journal.append(lineOf(row()))
  if (one.do === 'ship') return journal.drain()
  if (one.do === 'seal') return void (await db.transaction((tx) => sealAudit(tx)))
  if (one.do === 'begin') {
    if (open.length < 5) open.push(await begin(db))
    return
  }
  const each = open[one.which]
  if (!each) return
  if (one.do === 'write') return insertAudit(each.tx, [row()])
  open.splice(one.which, 1)
  await each.end(one.do === 'commit')
}

/** A transaction that is ended from outside. */
function begin(db: Database): Promise<Open> {
  return new Promise((resolve) => {
    const gone = new Error('rolled back')
    let finish: (well: boolean) => void = () => undefined
    const done = new Promise<boolean>((settle) => (finish = settle))
    const ended = db
      .transaction(async (tx) => {
        await tx.rows(raw('select pg_current_xact_id()'))
        resolve({ tx, end: async (well) => (finish(well), ended) })
        if (!(await done)) throw gone
      })
      .catch((error: unknown) => {
        if (error !== gone) throw error
      })
  })
}

/** Other databases of the server may hold the edge back for a moment. */
async function sealAll(db: Database): Promise<void> {
  for (let left = 1; left > 0;) {
    await db.transaction((tx) => sealAudit(tx))
    left = (await verifyAudit(db)).unsealed
    if (left > 0) await sleep(5)
  }
}
