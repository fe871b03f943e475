import { expect } from 'chai'
import { request } from 'node:http'
import { ConfigError, describeConfig, readConfig } from '../../server/config.ts'
import { openDoor } from '../../server/http/server.ts'
import { runAlone } from '../../server/jobs/clock.ts'
import { forgetEntries, needsReindex, reindex } from '../../server/operations/reindex.ts'
import { sql } from '../../server/db/sql.ts'
import { testDatabase } from '../harness.ts'
import { until } from '../harness/until.ts'
import { ask } from './ask.ts'
import { startServer } from './server.ts'

const fhir = { 'content-type': 'application/fhir+json' }
const options = {
  host: '127.0.0.1',
  port: 0,
  publicUrl: '',
  bodyLimit: 1e6,
  requestTimeout: 30_000,
  readiness: () => undefined,
}

describe('settings', () => {
  it('tell every fault at once, without the value of a secret', () => {
    const env = {
      PORT: '99999',
      BODY_LIMIT: 'much',
      AUTH: 'maybe',
      PAGE_SECRET: 'hunter2',
      DATABASE_URL: 'mysql://root:hunter2@x',
    }
    const error = thrown(() => readConfig(env))
    expect(error.faults.map((fault) => fault.split(' ')[0])).to.have.members([
      'AUTH',
      'BODY_LIMIT',
      'DATABASE_URL',
      'PAGE_SECRET',
      'PORT',
    ])
    expect(error.message).not.to.contain('hunter2')
    expect(JSON.stringify(describeConfig(env))).not.to.contain('hunter2')
  })

  it('refuse to be open to the world', () => {
    for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'example.org', '127.0.0.1.example.org']) {
      expect(thrown(() => readConfig({ AUTH: 'open', HOST })).message).to.contain('AUTH=open')
    }
    for (const HOST of ['127.0.0.1', '::1', 'localhost']) expect(readConfig({ AUTH: 'open', HOST }).host).to.equal(HOST)
  })

  it('want the certificate of the MLLP listener with its key', () => {
    expect(thrown(() => readConfig({ MLLP_TLS_CERT: 'a.pem' })).message).to.contain('go together')
    expect(thrown(() => readConfig({ MLLP_TLS_CA: 'a.pem' })).message).to.contain('MLLP_TLS_CA needs')
    expect(thrown(() => readConfig({ MLLP_PORT: '70000' })).message).to.contain('MLLP_PORT')
    expect([readConfig({}).mllpPort, readConfig({ MLLP_PORT: '0' }).mllpPort]).to.deep.equal([undefined, 0])
  })

  it('have a default for everything but secrets', () => {
    const config = readConfig({})
    expect(config).to.include({ port: 8080, bodyLimit: 50 * 1024 * 1024, statementTimeout: 30_000 })
    expect([config.pageSecret, config.databaseUrl]).to.deep.equal([undefined, undefined])
  })
})

describe('a server in its time', () => {
  it('finishes what runs before it stops, and takes nothing new', async () => {
    const { house, stop } = await startServer()
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let begun = () => {}
    const started = new Promise<void>((resolve) => (begun = resolve))
    const slow = {
      code: 'slow',
      level: 'system',
      method: 'GET',
      path: 'slow',
      handler: async () => (begun(), await held, { status: 200, body: '{}' }),
    } as const
    const door = await openDoor({ ...house, routes: [slow] }, options)
    const running = ask(door.origin, 'GET', '/fhir/slow')
    await started
    const closed = door.close(60_000)
    const refused = await ask(door.origin, 'GET', '/livez').catch((error: NodeJS.ErrnoException) => error.code)
    release()
    expect((await running).status).to.equal(200)
    expect(refused).to.equal('ECONNREFUSED')
    await closed
    await stop()
  })

  it('breaks off what takes longer than its patience', async () => {
    const { house, stop } = await startServer()
    let begun = () => {}
    const started = new Promise<void>((resolve) => (begun = resolve))
    const stuck = {
      code: 'stuck',
      level: 'system',
      method: 'GET',
      path: 'stuck',
      handler: () => new Promise<never>(() => begun()),
    } as const
    const door = await openDoor({ ...house, routes: [stuck] }, options)
    const running = ask(door.origin, 'GET', '/fhir/stuck').catch((error: NodeJS.ErrnoException) => error.code)
    await started
    await door.close(100)
    expect(await running).to.equal('ECONNRESET')
    await stop()
  })

  it('tells an interaction when its caller has gone', async () => {
    const { house, stop } = await startServer()
    let told = () => {}
    const gone = new Promise<void>((resolve) => (told = resolve))
    let begun = () => {}
    const started = new Promise<void>((resolve) => (begun = resolve))
    const handler = (_house: unknown, { signal }: { signal?: AbortSignal | undefined }) =>
      new Promise<never>((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          told()
          reject(new Error('nobody is there'))
        })
        begun()
      })
    const door = await openDoor(
      { ...house, routes: [{ code: 'wait', level: 'system', method: 'GET', path: 'wait', handler }] },
      options,
    )
    const outgoing = request(`${door.origin}/fhir/wait`).end()
    outgoing.on('error', () => {})
    await started
    outgoing.destroy()
    await gone
    await door.close(100)
    await stop()
  })

  it('answers 503 while it is not ready', async () => {
    const { house, stop } = await startServer()
    const door = await openDoor(house, { ...options, readiness: () => 'reindexing' })
    const answers = [await ask(door.origin, 'GET', '/readyz'), await ask(door.origin, 'GET', '/fhir/Patient')]
    expect(answers.map(({ status }) => status)).to.deep.equal([503, 503])
    expect((await ask(door.origin, 'GET', '/livez')).status).to.equal(200)
    await door.close(100)
    await stop()
  })

  it('shares its page secret with the other processes on the database', async () => {
    const database = await testDatabase()
    const one = await startServer({ database })
    const two = await startServer({ database })
    expect(one.house.pageKey.equals(two.house.pageKey)).to.equal(true)
    await one.stop()
    await two.stop()
    await database.drop()
  })

  it('makes lost entries anew, and keeps versions and history as they are', async () => {
    const server = await startServer()
    const { house } = server
    for (let n = 0; n < 30; n++) {
      const body = JSON.stringify({
        resourceType: 'Patient',
        id: `r${n}`,
        name: [{ family: `Ghosh${n}` }],
        birthDate: '1970-01-01',
      })
      const answer = await ask(server.origin, 'PUT', `/fhir/Patient/r${n}`, { headers: fhir, body })
      expect(answer.status, answer.text).to.equal(201)
    }
    const search = async (query: string) =>
      ((await ask(server.origin, 'GET', `/fhir/Patient?${query}`)).json as { total: number }).total
    const before = [await search('family=ghosh7'), await search('birthdate=1970'), await search('_id=r7')]
    await house.db.rows(sql`update resource set tokens = '{}', patient = 0`)
    await house.db.rows(sql`delete from dates`)
    await house.db.rows(sql`delete from strings`)
    expect([await search('family=ghosh7'), await search('birthdate=1970')]).to.deep.equal([0, 0])

    await forgetEntries(house)
    expect(await needsReindex(house)).to.equal(true)
    expect((await Promise.all([reindex(house, () => {}), reindex(house, () => {})])).reduce((a, b) => a + b)).to.equal(
      30,
    )
    expect(await needsReindex(house)).to.equal(false)

    expect([await search('family=ghosh7'), await search('birthdate=1970'), await search('_id=r7')]).to.deep.equal(
      before,
    )
    expect(before[0]).to.be.greaterThan(0)
    const read = await ask(server.origin, 'GET', '/fhir/Patient/r7')
    expect(read.headers.etag).to.equal('W/"1"')
    expect((await ask(server.origin, 'GET', '/fhir/Patient/r7/$everything')).status).to.equal(200)
    await server.stop()
  })

  it('runs a tick of the clock in one process at a time', async () => {
    const { house, stop } = await startServer()
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    let runs = 0
    let ended = 0
    const tick = { name: 'test', schedule: '* * * * *', run: async () => (runs++, held) }
    const turns = [1, 2, 3].map(() => runAlone(house.db, tick, house.log).finally(() => ended++))
    await until(() => runs + ended === 3)
    expect([runs, ended]).to.deep.equal([1, 2])
    release()
    await Promise.all(turns)
    expect(runs).to.equal(1)
    await stop()
  })
})

function thrown(work: () => unknown): ConfigError {
  try {
    work()
  } catch (error) {
    if (error instanceof ConfigError) return error
  }
  throw new Error('nothing was refused')
}
