import { expect } from 'chai'
import { asOwner } from '../../server/db/role.ts'
import { raw, sql } from '../../server/db/sql.ts'
import { until } from '../harness/until.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const ROWS = 6
const register = Array.from({ length: ROWS }, (_, i) => `k${i}||p${i}|Name ${i}|v${i}|PCM|\n`).join('')

describe('A copy of a file, begun together with it and left in its middle', () => {
  let server: IntakeServer
  before(async () => {
    server = await intakeServer([{ slug: 'toy' }], { limits: { batch: 4 } })
  })
  after(() => server.stop())

  it('goes on where it was left: each of its rows is a duplicate, once', async function () {
    const [first, copy] = await together(server, register)
    await breakBefore(server, copy, 3)
    expect((await server.settled('toy', first)).counts).to.deep.equal({ accepted: ROWS })
    const { state, counts } = await server.settled('toy', copy)
    expect({ state, counts }).to.deep.equal({ state: 'done', counts: { duplicate: ROWS } })
    const rows = await server.database.db.rows(sql`
      select number, through, state::text from record where message = ${copy} order by number`)
    expect(rows).to.deep.equal([
      { number: 1, through: 2, state: 'd' },
      { number: 3, through: ROWS, state: 'd' },
    ])
  })
})

/** Both wait behind other work of the facility, so that one worker takes them up at once. */
async function together(server: IntakeServer, text: string): Promise<[string, string]> {
  const { db } = server.database
  await db.rows(sql`
    insert into job (kind, lane, payload, run_at) values ('message', 'toy', '{}', now() + interval '1 hour')`)
  const messages = [(await server.post('toy', text)).message, (await server.post('toy', text)).message] as const
  const rows = await db.rows(sql`select lane from job where lane = 'toy'`)
  expect(rows).to.have.length(3)
  return [...messages]
}

/** Lets the work begin, and PostgreSQL refuse an outcome of this record until what comes before it is written. */
async function breakBefore({ database: { db } }: IntakeServer, message: string, number: number): Promise<void> {
  await db.transaction(async (tx) => {
    await asOwner(tx)
    await tx.rows(
      sql`alter table record add constraint broken ${raw(`check (message <> '${message}' or number <> ${number})`)}`,
    )
    await tx.rows(sql`delete from job where run_at > now() + interval '30 minutes'`)
  })
  const failed = async () =>
    (await db.rows(sql`select from job where payload->>'message' = ${message} and attempts > 0 and error is not null`))
      .length > 0
  await until(failed)
  const [job] = await db.rows<{ upTo: string }>(
    sql`select progress->>'upTo' as "upTo" from job where payload->>'message' = ${message}`,
  )
  expect(job?.upTo).to.equal('2')
  await db.transaction(async (tx) => {
    await asOwner(tx)
    await tx.rows(sql`alter table record drop constraint broken`)
  })
}
