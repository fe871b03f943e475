import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import pg from 'pg'
import { auditCommand } from '../../server/cli/audit.ts'
import { Usage, type Said } from '../../server/cli/words.ts'
import type { House } from '../../server/interactions/house.ts'
import { insertAudit } from '../../server/store/audit.ts'
import { sealAudit } from '../../server/store/audit-seal.ts'
import { row } from '../access/audit/row.ts'
import { testJournal } from '../harness/journal.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

describe('parchi audit', () => {
  let base: TestDatabase
  let house: House
  before(async () => {
    base = await testDatabase()
    house = { db: base.db, journal: testJournal(base.db) } as House
    await insertAudit(base.db, [row(), row()])
    while (!(await base.db.transaction((tx) => sealAudit(tx)))) await sleep(5)
  })
  after(() => base.drop())
  afterEach(() => (process.exitCode = undefined))

  const said = async (...words: string[]) => (await auditCommand(house, words)) as Said

  it('tells the newest seal, which verify takes as an anchor', async () => {
    const head = (await auditCommand(house, ['head'])) as { seal: string; hash: string }
    expect(head).to.include({ seal: '1' })
    const { value, lines } = await said('verify', `--anchor=1:${head.hash}`)
    expect(value).to.deep.include({ holds: true, seals: 1, rows: 2 })
    expect(lines[0]).to.match(/^The audit holds: 1 seals over 2 rows/)
    expect(process.exitCode).to.equal(undefined)
  })

  it('ends with 1 and says where, when an anchor or a row does not fit', async () => {
    const { lines } = await said('verify', '--from', '1', '--anchor', '0'.repeat(64))
    expect(lines.join('\n')).to.match(/does NOT hold from seal 1 on[^]*written anew/)
    expect(process.exitCode).to.equal(1)
    const owner = new pg.Client(base.connection)
    await owner.connect()
    await owner.query('alter table audit disable trigger audit_stays')
    await owner.query(`update audit set who = 'x' where id = (select id from audit order by id limit 1)`)
    await owner.end()
    expect((await said('verify')).lines[1]).to.match(/seal 1: rows were tampered with: 1 changed/)
  })

  it('refuses words it does not know', async () => {
    for (const words of [
      [],
      ['seal'],
      ['verify', '--anchor=1:short'],
      ['verify', '--anchor', '0'.repeat(64)],
      ['verify', '--x=1'],
    ]) {
      const error = await auditCommand(house, words).catch((caught: unknown) => caught)
      expect(error, words.join(' ')).to.be.instanceOf(Usage)
    }
  })
})
