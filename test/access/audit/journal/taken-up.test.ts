import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { sql } from '../../../../server/db/sql.ts'
import { FhirError } from '../../../../server/errors.ts'
import { insertAudit, lineOf } from '../../../../server/store/audit.ts'
import { archiveAudit, verifyArchive } from '../../../../server/store/audit-archive.ts'
import { sealAudit } from '../../../../server/store/audit-seal.ts'
import { verifyAudit } from '../../../../server/store/audit-verify.ts'
import type { Journal } from '../../../../server/store/journal.ts'
import { testJournal } from '../../../harness/journal.ts'
import { until } from '../../../harness/until.ts'
import { testDatabase, type TestDatabase } from '../../../harness.ts'
import { administrator, ask, emr, eventsIn, openWorld, organization, person, store, type World } from '../world.ts'
import { row } from '../row.ts'

/** Of version 7, of so many days ago. */
const idOf = (days: number) => {
  const time = (Date.now() - days * 86_400_000).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}

describe('What is taken up of the audit of a process that died', () => {
  let database: TestDatabase
  let folder: string
  let journal: Journal
  beforeEach(async () => {
    database = await testDatabase()
    folder = join(tmpdir(), `parchi-test-audit-${randomUUID()}`)
    journal = testJournal(database.db, folder)
  })
  afterEach(async () => {
    await journal.close()
    await database.drop()
    rmSync(folder, { recursive: true, force: true })
  })

  const leave = (name: string, ...lines: readonly string[]) => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(''))
    utimesSync(join(folder, name), new Date(), new Date(Date.now() - 61_000))
  }
  const kept = async () =>
    (await database.db.rows<{ request: string }>(sql`select request from audit`)).map(({ request }) => request).toSorted() // prettier-ignore
  const aside = () =>
    existsSync(join(folder, 'aside')) ? readFileSync(join(folder, 'aside'), 'utf8').trimEnd().split('\n') : []
  const line = (request: string) => lineOf(row({ request }))
  const changed = (request: string, change: (row: Record<string, unknown>) => void) => {
    const told = JSON.parse(line(request)) as Record<string, unknown>
    change(told)
    return JSON.stringify(told)
  }

  it('may be of another version of the server: what it tells besides is left out, what it lacks sets it aside', async () => {
    const newer = changed('newer', (told) => (told['colour'] = { of: 'blue' }))
    const lacks = changed('lacks', (told) => delete told['names'])
    const wrong = changed('wrong', (told) => (told['status'] = 'fine'))
    const notOne = JSON.stringify({ id: 'not a uuid' })
    leave('dead.jsonl', line('a'), newer, lacks, line('b'), wrong, notOne, 'null', '[]', '7', line('c'))
    await journal.takeUp(false)
    expect(await kept()).to.deep.equal(['a', 'b', 'c', 'newer'])
    expect(aside().toSorted()).to.deep.equal([lacks, wrong, notOne, 'null', '[]', '7'].toSorted())
    expect(journal.backlog).to.deep.include({ rows: 0, aside: 6 })
    expect(existsSync(join(folder, 'dead.jsonl'))).to.equal(false)
  })

  it('does not hold up what others left, when one of their files is all wrong', async () => {
    leave('1.jsonl', 'x', 'y'.repeat(100_000))
    leave('2.jsonl', line('a'))
    leave('3.jsonl')
    leave('4.jsonl', line('b'))
    await journal.takeUp(false)
    expect(await kept()).to.deep.equal(['a', 'b'])
    expect(['1', '2', '3', '4'].filter((name) => existsSync(join(folder, `${name}.jsonl`)))).to.deep.equal([])
  })

  const sealed = () =>
    until(async () => {
      await database.db.transaction((tx) => sealAudit(tx))
      return (await verifyAudit(database.db)).unsealed === 0
    })

  it('stands under the seals of when it came, though it is older than what is sealed and archived', async () => {
    const { db } = database
    const { now } = Date
    Date.now = () => now() - 400 * 86_400_000
    await insertAudit(db, [row(), row()])
    await sealed()
    Date.now = now
    await insertAudit(db, [row()])
    await sealed()
    const old = lineOf(row({ id: idOf(401), request: 'late' }))
    leave('dead.jsonl', old, line('late too'))
    await journal.takeUp(false)
    await sealed()
    expect(await verifyAudit(db)).to.deep.include({ holds: true, seals: 3, rows: 5, unsealed: 0 })

    const to = join(folder, 'archive')
    mkdirSync(to)
    const [archive] = await archiveAudit(db, to, { before: now() - 366 * 86_400_000 })
    expect(archive?.rows).to.equal(2)
    expect(await verifyArchive(join(to, archive?.file ?? ''), new Map())).to.deep.include({ holds: true, rows: 2 })
    expect(await verifyAudit(db)).to.deep.include({ holds: true, seals: 2, rows: 3 })
    // taken up once more, as by two commands at once: it stands already
    leave('dead.jsonl', old)
    await journal.takeUp(false)
    expect(await verifyAudit(db)).to.deep.include({ holds: true, rows: 3, unsealed: 0 })
  })
})

describe('A search of the audit', () => {
  let world: World
  before(async () => {
    world = await openWorld()
    await store(world.house, 'aiims', organization('aiims'), person('savitri'))
  })
  after(() => world.database.drop())

  const read = (id: string) => ask(world.house, emr('aiims'), 'GET Patient/savitri', undefined, {}, id)
  const requests = async (house = world.house) => {
    const answer = await ask(house, administrator(), 'GET AuditEvent?type=rest&_count=100')
    const ids = eventsIn(answer).flatMap(({ entity = [] }) =>
      entity.flatMap(({ what }) => what?.identifier?.value ?? []),
    )
    return { status: answer.status, ids }
  }

  it('shows what was read right before it', async () => {
    for (let n = 0; n < 5; n++) {
      await Promise.all([read(`now-${n}a`), read(`now-${n}b`)])
      const { status, ids } = await requests()
      expect(status).to.equal(200)
      expect(ids).to.include.members([`now-${n}a`, `now-${n}b`])
    }
  })

  it('is refused, and not answered without, while the database does not take what was read', async () => {
    const { journal } = world.house
    const away = () => Promise.reject(new FhirError('unavailable', 'away'))
    const house = { ...world.house, journal: { append: (line: string) => journal.append(line), drain: away } as unknown as Journal } // prettier-ignore
    expect(await requests(house)).to.deep.equal({ status: 503, ids: [] })
    expect((await requests()).status).to.equal(200)
  })
})
