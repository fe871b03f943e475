import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { asOwner } from '../../server/db/role.ts'
import { sql } from '../../server/db/sql.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const MANY = 2500
const row = (i: number) => `k${i}||p${i}|Name ${i} ${'of a long line '.repeat(5)}|v${i}|PCM|\n`

describe('A PostgreSQL that forgets the last commits of a file under way, as one that crashes may', () => {
  let server: IntakeServer
  before(async () => {
    server = await intakeServer([{ slug: 'toy' }], { limits: { lease: 1 } })
  })
  after(() => server.stop())

  it('has them made again: every row once, none left out', async function () {
    this.timeout(60_000)
    const { message } = await server.post('toy', Array.from({ length: MANY }, (_, i) => row(i)).join(''))
    await forget(server, message)
    const { counts, total } = await server.settled('toy', message)
    expect(counts).to.deep.equal({ accepted: MANY })
    expect(total).to.equal(MANY)
    const [found] = await server.database.db.rows(sql`
      select (select sum(through - number + 1)::integer from record) as records,
             (select count(distinct patient)::integer from resource where patient > 0 or patient < -1) as patients`)
    expect(found).to.deep.equal({ records: MANY, patients: MANY })
  })
})

/** Once some batches are written: takes all of them away, in one go, with the progress they told. */
async function forget({ database }: IntakeServer, message: string): Promise<void> {
  const begun = async () => (await database.db.rows(sql`select from job where progress ? 'upTo'`)).length > 0
  while (!(await begun())) await sleep(2)
  await database.db.transaction(async (tx) => {
    await asOwner(tx)
    // between two batches, for each takes the resources first
    await tx.rows(sql`lock table resource in access exclusive mode`)
    const jobs = await tx.rows(sql`update job set progress = '{}' where progress ? 'upTo' returning seq`)
    expect(jobs, 'the file was still under way').to.have.length(1)
    await tx.rows(sql`delete from record where message = ${message}`)
    await tx.rows(sql`truncate record_key, resource, history, dates, numbers, strings, opening`)
    await tx.rows(sql`update message set counts = '{}' where id = ${message}`)
  })
}
