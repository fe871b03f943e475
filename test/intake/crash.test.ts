import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../../fixtures/city/random.ts'
import { sql } from '../../server/db/sql.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { intakeServer } from './server.ts'

const files = Array.from({ length: 4 }, (_, i) => ({ slug: `site-${i}` }))
const rowsOf = (site: number, from: number, many: number) =>
  Array.from({ length: many }, (_, i) => {
    const n = from + i
    const patient = site % 2 === 0 ? n % 40 : n // of the latter, batches are prepared ahead
    return `k${n}||p${patient}|Name ${patient}|v${n}|PCM|\n`
  }).join('') + (site === 0 ? 'q1||q1||||\n' : '')

describe('An intake that is killed', () => {
  let database: TestDatabase
  before(async () => {
    database = await testDatabase()
  })
  after(() => database.drop())

  it('processes all that it acknowledged, once, whenever the kill comes', async function () {
    this.timeout(300_000)
    const random = new Random('crash', 'intake')
    const acknowledged: { facility: string; message: string; rows: number }[] = []
    for (let cycle = 0; cycle < 2; cycle++) {
      const child = await start(database)
      const sending = files.map(async ({ slug }, site) => {
        const rows = 700
        const text = rowsOf(site, cycle * 500, rows)
        const response = await fetch(`${child.origin}/intake/${slug}`, { method: 'POST', body: text }).catch(
          () => undefined,
        )
        const receipt = (await response?.json().catch(() => undefined)) as { message?: string } | undefined
        if (response?.status === 202 && receipt?.message)
          acknowledged.push({ facility: slug, message: receipt.message, rows: text.split('\n').length - 1 })
      })
      await sleep(random.int(40, 900))
      if (cycle === 1 && acknowledged.length === 0) await Promise.race(sending) // a busy machine is not that far yet
      child.process.kill('SIGKILL')
      await once(child.process, 'exit')
      await Promise.all(sending)
    }
    expect(acknowledged.length).to.be.above(0)
    const server = await intakeServer(files, { database, limits: { lease: 1 } })
    try {
      for (const { facility, message, rows } of acknowledged) {
        const status = await server.settled(facility, message)
        expect(status.total).to.equal(rows)
        expect(Object.values(status.counts).reduce((sum, one) => sum + one, 0)).to.equal(rows)
      }
      await expectWhole(database)
    } finally {
      await server.stop()
    }
  })
})

/** Each key once, every resource of it there, and no version that says what the one before said. */
async function expectWhole({ db }: TestDatabase): Promise<void> {
  const [row] = await db.rows<{ keys: number; drugs: number; versions: number; sums: number; messages: number }>(sql`
    select (select count(*)::integer from record_key where made is not null) as keys,
           (select count(*)::integer from resource where body like '%medicationCodeableConcept%') as drugs,
           (select count(*)::integer from history h join resource r on r.rid = h.rid and r.body = h.body) as versions,
           (select coalesce(sum(through - number + 1), 0)::integer from record) as sums,
           (select coalesce(sum(total), 0)::integer from message) as messages`)
  expect(row?.keys).to.be.above(0)
  expect(row?.drugs).to.equal(row?.keys)
  expect(row?.versions).to.equal(0)
  expect(row?.sums).to.equal(row?.messages)
}

async function start({ connection }: TestDatabase): Promise<{ process: ChildProcess; origin: string }> {
  const { types: _types, ...plain } = connection
  const given = JSON.stringify({ connection: plain, files, dataDir: join(tmpdir(), 'parchi-test') })
  const script = new URL('child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import=tsx', script, given], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { process: child, origin: line.toString().trim() }
}
