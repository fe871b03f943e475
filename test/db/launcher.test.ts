import { spawn, type ChildProcess } from 'node:child_process'
import { chown, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openDatabase, type OpenDatabase } from '../../server/db/open.ts'
import { raw, sql } from '../../server/db/sql.ts'
import { until } from '../harness/until.ts'
import { temporaryFolder } from '../harness.ts'

const program = fileURLToPath(new URL('node.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

/** A server process under test, and what it told so far. */
interface Running {
  child: ChildProcess
  lines: string[]
  kept: () => bigint[]
}

describe('The embedded PostgreSQL', function () {
  this.timeout(120_000)
  let folder: string
  const children: ChildProcess[] = []
  before(async function () {
    if (process.platform !== 'linux') this.skip() // these tests find processes through /proc
    folder = await temporaryFolder()
  })
  after(async () => {
    children.forEach((child) => child.kill('SIGKILL'))
    await until(async () => (await postmaster()) === 0)
    await rm(folder, { recursive: true, force: true })
  })

  function start(dataDir = folder, account: { uid?: number; gid?: number } = {}): Running {
    const child = spawn(process.execPath, ['--import=tsx', program, dataDir], {
      ...account,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    const lines: string[] = []
    let rest = ''
    const hear = (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    const kept = () => lines.filter((line) => line.startsWith('kept ')).map((line) => BigInt(line.slice(5)))
    return { child, lines, kept }
  }

  /** The pid of the living postmaster, 0 without one. */
  async function postmaster(dataDir = folder): Promise<number> {
    const data = join(dataDir, 'pg18')
    const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '0')).split('\n')[0])
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return command.includes(data) ? pid : 0
  }

  /** Never with pid 0, which would be everyone here. */
  async function killPostmaster(): Promise<void> {
    const pid = await postmaster()
    expect(pid).to.be.greaterThan(0)
    process.kill(pid, 'SIGKILL')
  }

  async function watchdogOf(pid: number): Promise<number> {
    for (const name of await readdir('/proc')) {
      const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
      if (command.includes(`parchi-watchdog\0${pid}\0`)) return Number(name)
    }
    throw new Error('there is no watchdog')
  }

  async function killNode(running: Running): Promise<void> {
    running.child.kill('SIGKILL')
    await until(() => running.child.signalCode !== null)
  }

  /** Opens the folder here, checks that every acknowledged row is there, and closes. */
  async function expectKept(rows: bigint[]): Promise<void> {
    const db = await openDatabase({ dataDir: folder })
    const there = new Set((await db.rows<{ n: bigint }>(sql`select n from kept`)).map(({ n }) => n))
    await db.close()
    expect(rows.length).to.be.greaterThan(0)
    expect(rows.filter((n) => !there.has(n))).to.deep.equal([])
    expect(await postmaster()).to.equal(0)
  }

  const refusal = async (work: Promise<OpenDatabase>): Promise<string> =>
    work.then(
      () => expect.fail('it was not refused'),
      (error: Error) => error.message,
    )

  it('starts on an empty folder, and the second time in well under a second', async () => {
    const opened = async () => {
      const begun = performance.now()
      const db = await openDatabase({ dataDir: folder })
      return { db, time: performance.now() - begun }
    }
    const { db: first, time } = await opened()
    await first.rows(raw('create table kept (n bigint primary key)'))
    await first.close()
    const times: number[] = [] // the best of three: the machine may be busy with something else
    for (let i = 0; i < 3; i++) {
      const { db: warm, time: again } = await opened()
      times.push(again)
      await warm.close()
    }
    expect(Math.min(...times)).to.be.lessThan(Math.max(900, time / 2))
    const db = await openDatabase({ dataDir: folder })
    const settings = sql`select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit')`
    for (const { setting } of await db.rows<{ setting: string }>(settings)) expect(setting).to.equal('on')
    expect(await db.rows(sql`select 1 as n from kept`)).to.have.length(0)
    await db.close()
    expect(await postmaster()).to.equal(0)
  })

  it('refuses a second server on the same folder, naming the first', async () => {
    const first = start()
    await until(() => first.kept().length > 5)
    expect(await refusal(openDatabase({ dataDir: folder }))).to.match(
      new RegExp(`in use by another running Parchi \\(process ${first.child.pid}\\)`),
    )
    const before = first.kept().length
    await until(() => first.kept().length > before)
    first.child.kill('SIGTERM')
    await until(() => first.child.exitCode === 0)
    await expectKept(first.kept())
  })

  it('leaves no postmaster behind when its process is killed, and no row is lost', async () => {
    const killed = start()
    await until(() => killed.kept().length > 20)
    await killNode(killed)
    await until(async () => (await postmaster()) === 0)
    await expectKept(killed.kept())
  })

  it('may be started again the moment its process was killed', async () => {
    const killed = start()
    await until(() => killed.kept().length > 5)
    await killNode(killed)
    await expectKept(killed.kept())
  })

  it('recovers when its process and PostgreSQL are killed', async () => {
    const killed = start()
    await until(() => killed.kept().length > 20)
    await killPostmaster()
    await killNode(killed)
    await expectKept(killed.kept())
  })

  it('reaps a postmaster whose watchdog was killed too', async () => {
    const killed = start()
    await until(() => killed.kept().length > 20)
    const orphan = await postmaster()
    process.kill(await watchdogOf(orphan), 'SIGKILL')
    await killNode(killed)
    expect(await postmaster()).to.equal(orphan)
    await expectKept(killed.kept())
  })

  it('brings back a postmaster that was killed under it', async () => {
    const running = start()
    await until(() => running.kept().length > 5)
    const before = await postmaster()
    await killPostmaster()
    await until(() => running.lines.includes('lost'))
    const told = running.kept().length
    await until(() => running.kept().length > told + 5)
    expect(await postmaster()).to.not.equal(before)
    expect(await refusal(openDatabase({ dataDir: folder }))).to.contain('in use')
    await killNode(running)
    await expectKept(running.kept())
  })

  it('starts after a kill at any moment of its start', async () => {
    for (const delay of [250, 300, 350, 400, 500]) {
      const killed = start()
      await new Promise((resolve) => setTimeout(resolve, delay))
      await killNode(killed)
    }
    const db = await openDatabase({ dataDir: folder })
    await db.close()
  })

  it('starts after kills in the middle of making the data directory', async () => {
    const fresh = join(folder, 'fresh')
    for (const delay of [400, 600, 800]) {
      const killed = start(fresh)
      await new Promise((resolve) => setTimeout(resolve, delay))
      await killNode(killed)
    }
    const db = await openDatabase({ dataDir: fresh })
    await db.close()
    expect(await readdir(fresh)).to.deep.equal(['pg18'])
  })

  it('keeps the record elsewhere, and says so, when its account cannot enter the folder', async function () {
    if (process.getuid?.() !== 0) this.skip() // only root starts it under another account
    const closed = join(folder, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const said: string[] = []
    const db = await openDatabase({ dataDir: closed, say: (message) => said.push(message) })
    const place = dirname(String(db.connection.host))
    await db.close()
    expect(place).to.match(/^\/var\/lib\/parchi\//)
    expect(said.join()).to.contain(`the record is kept in ${place}`)
    await rm(place, { recursive: true })
  })

  it('refuses the data directory of another major version, and says what to do', async () => {
    const old = join(folder, 'old')
    await mkdir(join(old, 'pg17'), { recursive: true })
    expect(await refusal(openDatabase({ dataDir: old }))).to.match(/written by PostgreSQL 17.*pg_dump/)
    await mkdir(join(old, 'pg18'))
    await writeFile(join(old, 'pg18', 'PG_VERSION'), '19\n')
    expect(await refusal(openDatabase({ dataDir: old }))).to.match(/written by PostgreSQL 19/)
  })

  it('runs as an ordinary user, with a path too long for a socket, and stops in order', async function () {
    if (process.getuid?.() !== 0) return this.skip() // then every test here runs as one
    const long = join(folder, 'a-long-name'.repeat(8))
    await mkdir(long)
    await chown(long, 65534, 65534)
    const running = start(long, { uid: 65534, gid: 65534 })
    await until(() => running.kept().length > 5 || running.child.exitCode !== null)
    expect(running.lines.join('\n')).to.contain('kept')
    running.child.kill('SIGTERM')
    await until(() => running.child.exitCode === 0)
    expect(await postmaster(long)).to.equal(0)
  })
})
