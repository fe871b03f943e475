import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import pg from 'pg'
import { buildHouse, serve, type Running } from '../../../../server/app.ts'
import { readConfig } from '../../../../server/config.ts'
import type { Connection } from '../../../../server/db/connection.ts'
import { sql } from '../../../../server/db/sql.ts'
import type { House } from '../../../../server/interactions/house.ts'
import { makeLog } from '../../../../server/log.ts'
import { registered } from '../../../bench/token.ts'
import { testDatabase, type TestDatabase } from '../../../harness.ts'
import { organization, person, store } from '../world.ts'

/** The way of one server to PostgreSQL, which can be cut: to that server PostgreSQL is stopped then. */
class Wire {
  readonly #sockets = new Set<Socket>()
  readonly #server: Server

  constructor(private readonly to: Connection) {
    this.#server = createServer((near) => {
      const { host = '', port = 5432 } = to
      const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one)
        one
          .on('error', () => undefined)
          .on('close', () => other.destroy())
          .pipe(other)
      }
    })
  }

  async open(): Promise<Connection> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return { ...this.to, host: '127.0.0.1', port: (this.#server.address() as { port: number }).port }
  }

  cut(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

interface Guarded {
  readonly origin: string
  readonly token: string
}

interface Child extends Guarded {
  readonly process: ChildProcess
  readonly wire: Wire
}

describe('The audit of servers that share a folder, of which one loses its PostgreSQL and is killed', function () {
  this.timeout(300_000)
  let database: TestDatabase
  let house: House
  let dataDir: string
  let child: Child | undefined
  /** In this process. */
  let running: Running

  before(async () => {
    database = await testDatabase()
    dataDir = join(tmpdir(), `parchi-test-killed-${randomUUID()}`)
    const config = readConfig({ AUTH: 'on', PORT: '0', DATA_DIR: dataDir, RATE_LIMIT: '0' })
    house = await buildHouse(config, database.db, makeLog('silent'))
    running = await serve(config, house, { linking: false, lanes: 0 })
    await running.ready
    await store(house, 'rose', organization('rose'), person('savitri'))
  })
  after(async () => {
    child?.process.kill('SIGKILL')
    child?.wire.cut()
    await running.stop()
    await database.drop()
    rmSync(dataDir, { recursive: true, force: true })
  })

  const start = async (): Promise<Child> => {
    const wire = new Wire(partsOf(database.connection))
    const given = JSON.stringify({ connection: await wire.open(), dataDir })
    const script = new URL('child.ts', import.meta.url).pathname
    const spawned = spawn(process.execPath, ['--import=tsx', script, given], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(spawned.stdout, 'data')) as [Buffer]
    const origin = line.toString().trim()
    return (child = { origin, process: spawned, wire, token: await tokenOf(origin) })
  }
  const tokenOf = async (origin: string): Promise<string> => {
    const client = new pg.Client(database.connection)
    await client.connect()
    const token = await (await registered(client, origin, 'rose', 'system/*.rs'))()
    await client.end()
    return token
  }

  /** Several at a time; by status, the ids of the requests. */
  const read = async ({ origin, token }: Guarded, mark: string, many: number): Promise<Map<number, string[]>> => {
    const told = new Map<number, string[]>()
    const one = async (n: number) => {
      const headers = { authorization: `Bearer ${token}`, 'x-request-id': `${mark}-${n}` }
      const { status } = await fetch(`${origin}/fhir/Patient/savitri`, { headers })
      told.set(status, [...(told.get(status) ?? []), `${mark}-${n}`])
    }
    for (let n = 0; n < many; n += 8) await Promise.all(Array.from({ length: Math.min(8, many - n) }, (_, i) => one(n + i))) // prettier-ignore
    return told
  }
  const folder = () => join(dataDir, 'audit', readdirSync(join(dataDir, 'audit'))[0] ?? '')
  const files = () => readdirSync(folder()).filter((name) => name.endsWith('.jsonl'))
  /** A server that lives may have brought it to the table and removed it in between. */
  const textOf = (name: string) => {
    try {
      return readFileSync(join(folder(), name), 'utf8')
    } catch {
      return ''
    }
  }
  const waiting = () => files().flatMap((name) => textOf(name).split('\n').filter(Boolean))
  const kept = async (mark: string) => {
    const rows = await database.db.rows<{ request: string; status: number }>(
      sql`select request, status from audit where request like ${`${mark}-%`}`,
    )
    return rows.map(({ request, status }) => `${request} ${status}`).toSorted()
  }
  const asKept = (told: ReadonlyMap<number, readonly string[]>) =>
    [...told].flatMap(([status, ids]) => ids.map((id) => `${id} ${status}`)).toSorted()
  const metric = async ({ origin }: Guarded, name: string) => {
    const text = await (await fetch(`${origin}/metrics`)).text()
    return Number(new RegExp(`^parchi_audit_${name} (.*)$`, 'm').exec(text)?.[1])
  }
  const verify = async () => {
    const cli = new URL('../../../../server/cli.ts', import.meta.url).pathname
    const wire = new Wire(partsOf(database.connection))
    const { port, user = '', password, database: name } = await wire.open()
    const url = new URL(`postgres://127.0.0.1:${port}/${name}`)
    url.username = user
    if (typeof password === 'string') url.password = password
    const env = { ...process.env, DATABASE_URL: url.href, DATA_DIR: dataDir, LOG_LEVEL: 'silent' }
    const { stdout } = await promisify(execFile)(process.execPath, ['--import=tsx', cli, 'audit', 'verify', '--json'], { env }) // prettier-ignore
    wire.cut()
    return JSON.parse(stdout) as { holds: boolean }
  }

  it('is whole: the command takes up what was left, and nothing twice', async () => {
    const one = await start()
    const other = { origin: running.origin, token: await tokenOf(running.origin) }
    const answered: string[] = []
    do answered.push(...asKept(await read(one, `a-${answered.length}`, 40)))
    while (waiting().length === 0)
    one.wire.cut() // the last of them still wait
    expect(answered.filter((told) => !told.endsWith(' 200'))).to.deep.equal([])
    const refused = await read(one, 'b', 8)
    expect([...refused.keys()]).to.deep.equal([503])
    // whose token cannot be looked up any more, half a second later, is nobody the audit could tell of
    const known = waiting().flatMap((line) => /"request":"(b-\d+)"/.exec(line)?.[1] ?? [])
    await sleep(200)
    expect(await metric(one, 'waiting_rows')).to.be.at.least(Math.max(1, known.length))
    expect(await metric(one, 'waiting_seconds')).to.be.at.least(0.2)
    expect(await metric(one, 'aside_rows')).to.equal(0)

    const others = await read(other, 'c', 40)
    expect([...others.keys()]).to.deep.equal([200])
    one.process.kill('SIGKILL')
    await once(one.process, 'exit')
    expect(waiting().length).to.be.at.least(Math.max(1, known.length))
    expect(await kept('b')).to.deep.equal([])

    const [{ holds }, meanwhile] = await Promise.all([verify(), read(other, 'd', 200)])
    expect(holds).to.equal(true)
    expect([...meanwhile.keys()]).to.deep.equal([200])
    expect(await kept('a')).to.deep.equal(answered.toSorted())
    expect(await kept('b')).to.deep.equal(known.map((id) => `${id} 503`).toSorted())
    expect(await metric(other, 'aside_rows')).to.equal(0)

    await house.journal.drain()
    expect(await kept('c')).to.deep.equal(asKept(others))
    expect(await kept('d')).to.deep.equal(asKept(meanwhile))
  })

  it('is forgotten by the others once nobody can append to it any more', async () => {
    const there = files()
    await house.journal.takeUp()
    expect(files()).to.deep.equal(there)
    const audited = () => database.db.rows(sql`select id from audit order by id`)
    const before = await audited()
    for (const name of there) utimesSync(join(folder(), name), new Date(), new Date(Date.now() - 61_000))
    await house.journal.takeUp(false)
    expect(files().length, 'its own, that it goes on with').to.be.within(1, there.length - 1)
    expect(existsSync(join(folder(), 'aside'))).to.equal(false)
    expect(await audited()).to.deep.equal(before)
  })
})

/** For a proxy: where it is, apart. */
function partsOf(connection: Connection): Connection {
  const { connectionString, ...parts } = connection
  if (connectionString === undefined) return parts
  const { hostname, port, username, password, pathname, searchParams } = new URL(connectionString)
  return {
    ...parts,
    host: searchParams.get('host') ?? hostname,
    port: Number(searchParams.get('port') ?? (port || 5432)),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
  }
}
