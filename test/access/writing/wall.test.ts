import { expect } from 'chai'
import pg from 'pg'
import { types } from '../../../server/db/connection.ts'
import { asOwner } from '../../../server/db/role.ts'
import { sql } from '../../../server/db/sql.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { bela, observation, openFacilities, type Facilities } from './facilities.ts'

describe('The second wall', function () {
  this.timeout(60_000)
  let city: Facilities
  let client: pg.Client
  const [ashas, belas] = [rid('Organization', 'asha'), rid('Organization', 'bela')]
  before(async () => {
    city = await openFacilities()
    client = new pg.Client({ ...city.connection, types })
    await client.connect()
    await client.query('set role parchi_app')
  })
  after(async () => {
    await client?.end()
    await city?.drop()
  })
  beforeEach(() => client.query('begin'))
  afterEach(() => client.query('rollback'))

  it('is that the server works as a role that owns nothing and is no superuser', async () => {
    const rows = await city.house.db.rows<object>(sql`
      select current_user::text as who, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcanlogin,
             exists (select from pg_class c where c.relowner = r.oid) as owns
      from pg_roles r where r.rolname = current_user`)
    expect(rows).to.deep.equal([{ who: 'parchi_app', rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false, owns: false }]) // prettier-ignore
  })

  const writes: readonly (readonly [title: string, text: string])[] = [
    ['update', `update resource set language = null where id = 'mira-hb'`.replace('language = null', 'version = 9')],
    ['update as its own', `update resource set facility = $1 where id = 'mira-hb'`],
    ['delete', `delete from resource where id = 'mira-hb'`],
  ]
  for (const [title, text] of writes) {
    it(`lets no wrong pen ${title}, the right one and the server itself`, async () => {
      const values = text.includes('$1') ? [belas] : []
      await pen(belas)
      expect((await client.query(text, values)).rowCount, 'wrong').to.equal(0)
      if (values.length === 0) {
        await pen(ashas)
        expect((await client.query(text, values)).rowCount, 'right').to.equal(1)
        await client.query('rollback; begin')
      }
      await pen('')
      expect((await client.query(text, values)).rowCount, 'the server').to.equal(1)
    })
  }

  it('lets no pen give a resource away, nor write a version or a history of another', async () => {
    for (const text of [
      `update resource set facility = ${ashas} where id = 'sita-hb'`,
      `insert into resource select (r).* from (select r from resource r where id = 'mira-hb') x`,
      `insert into history (rid, updated, patient, version, type, how, id, facility) select rid, updated, patient, 9, type, how, id, facility from resource where id = 'mira-hb'`,
    ]) {
      await client.query('savepoint s')
      await pen(belas)
      expect(await codeOf(client.query(text)), text).to.be.oneOf(['42501', '23505'])
      await client.query('rollback to s')
    }
  })

  it('hides nothing from reading, for that is cut inside the statements', async () => {
    await pen(belas)
    const { rows } = await client.query<{ n: bigint }>(`select count(*) as n from resource where id = 'mira-hb'`)
    expect(rows[0]?.n).to.equal(1n)
  })

  it('is shown the pen for its transaction alone', async () => {
    expect((await city.as(bela, 'POST Observation', observation('x', 'sita'))).status).to.equal(201)
    const shown = await Promise.all(
      Array.from({ length: 12 }, () => city.house.db.rows<{ pen: string }>(sql`select coalesce(current_setting('parchi.pen', true), '') as pen`)), // prettier-ignore
    )
    expect(new Set(shown.flat().map(({ pen: one }) => one))).to.deep.equal(new Set(['']))
  })

  it('keeps history and audit from being changed, and the schema from the server', async () => {
    for (const text of [
      `update history set body = null`,
      `delete from history`,
      `update audit set who = ''`,
      `delete from audit`,
      `delete from audit_seal`,
      `truncate resource`,
      `alter table resource disable row level security`,
      `drop policy updates on resource`,
      `create table own (n int)`,
      `update migration set checksum = ''`,
      `set session authorization postgres`,
    ]) {
      await client.query('savepoint s')
      if (!text.startsWith('set ')) expect(await codeOf(client.query(text)), text).to.equal('42501')
      await client.query('rollback to s')
    }
  })

  it('is left for upkeep within one transaction', async () => {
    const who = () => sql`select current_user::text as who`
    const { db } = city.house
    const inside = await db.transaction(async (tx) => {
      await asOwner(tx)
      return tx.rows<{ who: string }>(who())
    })
    expect(inside[0]?.who).not.to.equal('parchi_app')
    const after = await Promise.all(Array.from({ length: 12 }, () => db.rows<{ who: string }>(who())))
    expect(new Set(after.flat().map((one) => one.who))).to.deep.equal(new Set(['parchi_app']))
  })

  function pen(owner: bigint | '') {
    return client.query(`select set_config('parchi.pen', $1, true)`, [String(owner)])
  }
})

async function codeOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  )
}
