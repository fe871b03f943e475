import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect } from 'chai'
import pg from 'pg'
import { auditCommand } from '../../../server/cli/audit.ts'
import { Usage, type Said } from '../../../server/cli/words.ts'
import type { Database } from '../../../server/db/database.ts'
import { raw } from '../../../server/db/sql.ts'
import type { House } from '../../../server/interactions/house.ts'
import { makeLog } from '../../../server/log.ts'
import { insertAudit } from '../../../server/store/audit.ts'
import { archiveAudit, verifyArchive } from '../../../server/store/audit-archive.ts'
import { newestSeal, sealAudit } from '../../../server/store/audit-seal.ts'
import { verifyAudit } from '../../../server/store/audit-verify.ts'
import { testJournal } from '../../harness/journal.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'
import { row } from './row.ts'

const YEARS = 2 * 365 * 86_400_000

describe('Archiving the audit', () => {
  let base: TestDatabase
  let db: Database
  let owner: pg.Client
  let folder: string
  let anchors: Map<bigint, string>

  /** Than every transaction that runs, in other databases too: only then does one seal cover them all. */
  const allAreOlder = async () =>
    (
      await db.rows<{ older: boolean }>(
        raw('select max(tx) < pg_snapshot_xmin(pg_current_snapshot()) as older from audit'),
      )
    )[0]?.older === true

  /** Six seals of five rows: the first four two years old. */
  beforeEach(async () => {
    base = await testDatabase()
    ;({ db } = base)
    owner = new pg.Client(base.connection)
    await owner.connect()
    folder = await mkdtemp(join(tmpdir(), 'parchi-archive-'))
    anchors = new Map()
    const { now } = Date
    try {
      for (let seal = 0; seal < 6; seal++) {
        for (let i = 0; i < 5; i++) await insertAudit(db, [row({ reason: i === 0 ? 'ein "Wort"\n ' : null })])
        const at = now() - (seal < 4 ? YEARS - seal * 60_000 : 0)
        Date.now = () => at
        while (!(await allAreOlder())) await sleep(5)
        await db.transaction((tx) => sealAudit(tx))
        Date.now = now
        const newest = await newestSeal(db)
        anchors.set(newest?.seq ?? 0n, newest?.hash.toString('hex') ?? '')
      }
    } finally {
      Date.now = now
    }
  })
  afterEach(async () => {
    process.exitCode = undefined
    await owner.end()
    await base.drop()
    await rm(folder, { recursive: true })
  })

  const before = Date.now() - 366 * 86_400_000
  const count = async (table: string) =>
    (await db.rows<{ n: number }>(raw(`select count(*)::int as n from ${table}`)))[0]?.n
  const said = async (...words: string[]) =>
    (await auditCommand({ db, journal: testJournal(db), log: makeLog('silent') } as House, words)) as Said
  const files = async () => (await readdir(folder)).map((file) => join(folder, file))

  it('moves what is older into a file: both go on to hold, apart and together', async () => {
    const [archive, ...others] = await archiveAudit(db, folder, { before })
    expect([archive?.seq, archive?.rows, others]).to.deep.equal([4n, 20, []])
    expect([await count('audit'), await count('audit_seal')]).to.deep.equal([10, 2])
    const standing = await verifyAudit(db, { anchors: new Map([...anchors].slice(4)) })
    expect(standing).to.deep.include({ holds: true, seals: 2, rows: 10, breaches: [] })
    expect(standing.archived).to.deep.equal({
      seal: 4n,
      hash: anchors.get(4n),
      file: 'audit-000000001-000000004.jsonl.gz',
    })
    const [file = ''] = await files()
    const checked = await verifyArchive(file, anchors)
    expect(checked).to.deep.include({ holds: true, seals: 4, rows: 20, first: 1n, breaches: [] })
    expect(checked.last).to.deep.equal({ seal: 4n, hash: anchors.get(4n) })
    await insertAudit(db, [row()])
    while (!(await db.transaction((tx) => sealAudit(tx)))) await sleep(5)
    expect(await verifyAudit(db)).to.deep.include({ holds: true, seals: 3, rows: 11 })
  })

  it('makes files of some size that go on from one to the next, and never takes the newest seal', async () => {
    const archives = await archiveAudit(db, folder, { before: Date.now() + 1000, most: 6 })
    expect(archives.map(({ seq, rows }) => [seq, rows])).to.deep.equal([[2n, 10], [4n, 10], [5n, 5]]) // prettier-ignore
    expect([await count('audit'), await count('audit_seal')]).to.deep.equal([5, 1])
    expect(await verifyAudit(db)).to.deep.include({ holds: true, seals: 1, rows: 5 })
    const { lines } = await said(
      'verify',
      ...(await files()).map((file) => `--file=${file}`),
      `--anchor=3:${anchors.get(3n)}`,
    )
    expect(lines.map((line) => / holds: (\d+) seals over (\d+)/.exec(line)?.slice(1))).to.deep.equal([['2', '10'], ['2', '10'], ['1', '5']]) // prettier-ignore
    expect(process.exitCode).to.equal(undefined)
    expect(await archiveAudit(db, folder, { before: Date.now() + 1000 })).to.deep.equal([])
  })

  it('asks for the file where an anchor is of a seal that was archived', async () => {
    await archiveAudit(db, folder, { before })
    const { breaches } = await verifyAudit(db, { anchors: new Map([[2n, anchors.get(2n) ?? '']]) })
    expect(breaches.map(({ seal, what }) => [seal, what])).to.deep.equal([
      [2n, 'the seal was archived: verify its file'],
    ])
    expect((await verifyAudit(db, { anchors: new Map([[4n, anchors.get(4n) ?? '']]) })).holds).to.equal(true)
    expect((await verifyAudit(db, { anchors: new Map([[4n, '0'.repeat(64)]]) })).holds).to.equal(false)
    const [file = ''] = await files()
    expect((await said('verify', `--file=${file}`, `--anchor=5:${'0'.repeat(64)}`)).lines.at(-1)).to.include(
      'None of these files has seal 5',
    )
    expect(process.exitCode).to.equal(1)
  })

  const tampering: Readonly<Record<string, (text: string) => string>> = {
    'a row was changed': (text) => text.replace('doctor-1', 'doctor-2'),
    'a row was left out': (text) => text.split('\n').toSpliced(3, 1).join('\n'),
    'a row was added': (text) =>
      text
        .split('\n')
        .toSpliced(3, 0, text.split('\n')[3] ?? '')
        .join('\n'),
    'a seal was left out with its rows': (text) => text.split('\n').toSpliced(7, 6).join('\n'),
    'the end was cut off': (text) => text.split('\n').slice(0, 19).join('\n'),
    'the beginning was cut off': (text) => text.split('\n').toSpliced(1, 6).join('\n'),
  }
  for (const [what, change] of Object.entries(tampering)) {
    it(`is found out in the file when ${what}`, async () => {
      await archiveAudit(db, folder, { before })
      const [file = ''] = await files()
      await writeFile(file, gzipSync(change(gunzipSync(await readFile(file)).toString())))
      expect((await verifyArchive(file)).holds).to.equal(false)
      expect((await said('verify', `--file=${file}`)).lines[0]).to.include('does NOT hold')
      expect(process.exitCode).to.equal(1)
    })
  }

  it('does not touch an audit that does not hold', async () => {
    await owner.query(`set session_replication_role = 'replica'`)
    await owner.query(`update audit set who = 'somebody else' where id = (select id from audit order by tx limit 1)`)
    const error = await archiveAudit(db, folder, { before }).catch((caught: Error) => caught.message)
    expect(error).to.include('does not hold at seal 1')
    expect([await count('audit'), await count('audit_archive'), (await files()).length]).to.deep.equal([30, 0, 0])
  })

  it('lets nothing else leave, and nobody else record that something left', async () => {
    await archiveAudit(db, folder, { before })
    for (const text of [
      'delete from audit',
      'delete from audit_seal',
      'update audit_archive set seq = 9',
      'delete from audit_archive',
      'truncate audit',
    ])
      expect(await owner.query(text).catch((error: Error) => error.message), text).to.equal('the audit only grows')
    const insert = `insert into audit_archive select 9, high, hash, rows, file, digest, at from audit_archive`
    expect(await db.rows(raw(insert)).catch((error: Error) => error.message)).to.not.deep.equal([])
    expect(await count('audit_archive')).to.equal(1)
    expect(await count('audit')).to.equal(10)
  })

  it('is a command, which leaves the last year where it is', async () => {
    for (const words of [
      ['archive'],
      ['archive', '--before=2020-01-01'],
      ['archive', '--before=yesterday', `--to=${folder}`],
      ['archive', `--before=${new Date().toISOString().slice(0, 10)}`, `--to=${folder}`],
    ])
      // prettier-ignore
      expect(await auditCommand({ db, journal: testJournal(db) } as House, words).catch((caught: unknown) => caught), words.join(' ')).to.be.instanceOf(Usage)
    expect(await count('audit')).to.equal(30)
    const { lines } = await said(
      'archive',
      `--before=${new Date(before - 86_400_000).toISOString().slice(0, 10)}`,
      `--to=${folder}`,
    )
    expect(lines[0]).to.match(
      /^audit-000000001-000000004\.jsonl\.gz: 20 rows, last seal 4:[0-9a-f]{64}, sha256 [0-9a-f]{64}$/,
    )
    const { lines: verified } = await said('verify')
    expect(verified[1]).to.include(`up to seal 4:${anchors.get(4n)}, in audit-000000001-000000004.jsonl.gz`)
  })
})
