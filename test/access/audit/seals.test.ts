import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import pg from 'pg'
import type { Database } from '../../../server/db/database.ts'
import { insertAudit } from '../../../server/store/audit.ts'
import { newestSeal, sealAudit } from '../../../server/store/audit-seal.ts'
import { verifyAudit } from '../../../server/store/audit-verify.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'
import { row } from './row.ts'

/** Rows as the desk writes them, and the owner of the database, who can do everything but go back in time. */
describe('Tampering with the audit', () => {
  let base: TestDatabase
  let db: Database
  let owner: pg.Client

  before(async () => {
    base = await testDatabase()
    ;({ db } = base)
    owner = new pg.Client(base.connection)
    await owner.connect()
  })
  after(async () => {
    await owner.end()
    await base.drop()
  })

  /** A chain of four seals of five rows, and the anchor that somebody noted. */
  beforeEach(async () => {
    await byOwner('truncate audit; truncate audit_seal')
    for (let seal = 0; seal < 4; seal++) {
      for (let i = 0; i < 5; i++) await insertAudit(db, [row()])
      await settled()
      await db.transaction((tx) => sealAudit(tx))
    }
  })

  /** Until no transaction of the whole server is older than the rows: tests beside this one make databases. */
  const settled = async () => {
    const text = 'select pg_snapshot_xmin(pg_current_snapshot()) > max(tx) as done from audit'
    while ((await owner.query<{ done: boolean }>(text)).rows[0]?.done === false) await sleep(2)
  }

  const byOwner = async (text: string, values: unknown[] = []) => {
    await owner.query(`set session_replication_role = 'replica'`)
    await (values.length > 0 ? owner.query(text, values) : owner.query(text))
    await owner.query('reset session_replication_role')
  }
  /** The id of the n-th row. */
  const idOf = async (n: number) =>
    (await owner.query<{ id: string }>('select id from audit order by tx, id offset $1 limit 1', [n])).rows[0]?.id ?? ''
  const anchor = async () => {
    const newest = await newestSeal(db)
    return new Map([[newest?.seq ?? 0n, newest?.hash.toString('hex') ?? '']])
  }
  const firstBreach = async (claims = {}) => (await verifyAudit(db, claims)).breaches[0]

  it('there was none: every seal holds, and rows that are not sealed yet are told', async () => {
    await insertAudit(db, [row()])
    const verified = await verifyAudit(db, { anchors: await anchor() })
    expect(verified).to.deep.include({ holds: true, seals: 4, rows: 20, unsealed: 1, breaches: [] })
    expect(verified.newest?.seal).to.equal(4n)
  })

  it('is refused to whoever uses the tables as they are', async () => {
    for (const text of [
      'update audit set who = who',
      'delete from audit',
      'truncate audit',
      'update audit_seal set at = 0',
      'delete from audit_seal',
      'truncate audit_seal',
    ]) {
      const said = await owner.query(text).catch((error: Error) => error.message)
      expect(said, text).to.equal('the audit only grows')
    }
  })

  const columns: readonly [string, string][] = [
    ['who', "'somebody else'"],
    ['facility', 'null'],
    ['status', '404'],
    ['patients', "'{}'"],
    ['tiers', "'{2}'"],
    ['seen', `'{"Observation":1}'`],
    ['seen', 'null'],
    ['reason', "'ETREAT'"],
    ['names', "'{}'"],
    ['kind', "'p'"],
    ['code', "'read '"],
  ]
  for (const [column, value] of columns) {
    it(`by an update of ${column} to ${value} is found in its seal`, async () => {
      const id = await idOf(7)
      await byOwner(`update audit set ${column} = ${value} where id = $1`, [id])
      const breach = await firstBreach()
      expect(breach).to.deep.include({ seal: 2n, changed: [id], removed: [], added: [] })
    })
  }

  it('by a delete is found, with the id of what is gone', async () => {
    const id = await idOf(12)
    await byOwner('delete from audit where id = $1', [id])
    expect(await firstBreach()).to.deep.include({ seal: 3n, removed: [id], changed: [], added: [] })
  })

  it('by an insert into the past is found', async () => {
    const added = row()
    await byOwner(
      `insert into audit select ($1::jsonb ->> 'id')::uuid, tx, kind, who, app, role, facility, scopes, request, code, action,
         status, outcome, type, resource, version, patients, tiers, tier, reason, seen, written, names
       from audit order by tx limit 1`,
      [JSON.stringify({ id: added.id })],
    )
    expect(await firstBreach()).to.deep.include({ seal: 1n, added: [added.id] })
  })

  it('by an insert into the future is found', async () => {
    const added = row()
    await insertAudit(db, [added])
    await byOwner(`update audit set tx = '900000000000' where id = $1`, [added.id])
    expect(await firstBreach()).to.deep.include({ added: [added.id] })
  })

  it('by changing two rows with each other is found', async () => {
    const [a, b] = [await idOf(1), await idOf(16)]
    await byOwner(`update audit set who = case id when $1 then 'b' else 'a' end where id in ($1, $2)`, [a, b])
    expect((await verifyAudit(db)).breaches.map(({ seal, changed }) => [seal, changed])).to.deep.equal([
      [1n, [a]],
      [4n, [b]],
    ])
  })

  it('by moving a row to another seal is found in both', async () => {
    const id = await idOf(3)
    await byOwner('update audit set tx = (select max(tx) from audit) where id = $1', [id])
    const { breaches } = await verifyAudit(db)
    expect(breaches.map(({ seal, removed, added }) => [seal, removed, added])).to.deep.equal([
      [1n, [id], []],
      [4n, [], [id]],
    ])
  })

  it('and with its seal is found in the next one', async () => {
    await byOwner('delete from audit where id = $1', [await idOf(7)])
    await byOwner('delete from audit_seal where seq = 2')
    expect(await firstBreach()).to.deep.include({ seal: 2n, what: 'the seal is missing' })
  })

  it('and making its seal anew is found in the next one', async () => {
    await reseal(2, 2)
    expect(await firstBreach()).to.deep.include({ seal: 3n })
  })

  it('and making all later seals anew is found by an anchor alone', async () => {
    const anchors = await anchor()
    await reseal(2, 4)
    expect((await verifyAudit(db)).holds).to.equal(true)
    expect(await firstBreach({ anchors })).to.deep.include({
      seal: 4n,
      what: 'the hash is not the one that was noted: the chain was written anew',
    })
    expect(await firstBreach({ anchors, from: 4n })).to.deep.include({ seal: 4n })
  })

  it('by cutting off the end of the chain is found by an anchor alone', async () => {
    const anchors = await anchor()
    await byOwner('delete from audit where tx >= (select low from audit_seal where seq = 4)')
    await byOwner('delete from audit_seal where seq = 4')
    expect((await verifyAudit(db)).holds).to.equal(true)
    expect(await firstBreach({ anchors })).to.deep.include({ seal: 4n, what: 'the seal is missing' })
  })

  for (const [column, value] of [
    ['low', "'1'"],
    ['high', "'99999999'"],
    ['rows', '4'],
    ['at', 'at + 1'],
    ['hash', "'\\x00'"],
    ['marks', "'\\x'"],
  ]) {
    it(`by changing ${column} of a seal is found`, async () => {
      await byOwner(`update audit_seal set ${column} = ${value} where seq = 3`)
      expect((await firstBreach())?.seal).to.equal(3n)
    })
  }

  it('before the seal it is told to begin with is not looked for', async () => {
    await byOwner('delete from audit where id = $1', [await idOf(2)])
    expect(await verifyAudit(db, { from: 3n })).to.deep.include({ holds: true, seals: 2, rows: 10 })
    expect((await firstBreach({ from: 9n }))?.seal).to.equal(8n)
  })

  /** As an owner who knows the algorithm would: a row changed, and these seals made anew over it. */
  async function reseal(from: number, to: number): Promise<void> {
    await byOwner('update audit set who = $2 where id = $1', [await idOf(7), 'nobody'])
    const { rows: kept } = await owner.query<{ seq: string; low: string }>(
      'select * from audit_seal where seq > $1 order by seq',
      [to],
    )
    await byOwner('delete from audit_seal where seq >= $1', [from])
    await db.transaction((tx) => sealAudit(tx, 5))
    if (kept.length === 0) return
    await byOwner('delete from audit_seal where seq > $1', [to])
    for (const seal of kept)
      await byOwner('insert into audit_seal select * from json_populate_record(null::audit_seal, $1)', [
        JSON.stringify(seal, hexOf),
      ])
  }
})

function hexOf(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  const buffer = value as { type?: string; data?: number[] } | null
  return buffer?.type === 'Buffer' ? `\\x${Buffer.from(buffer.data ?? []).toString('hex')}` : value
}
