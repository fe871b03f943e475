import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { findPostmaster } from '../../server/db/embedded/postmaster.ts'
import { join } from 'node:path'
import { freePort } from '../harness/free-port.ts'
import { temporaryFolder } from '../harness.ts'
import { ask } from './ask.ts'

/** `npm start` in a process of its own. */
function start(dataDir: string, port: number, AUTH = 'open') {
  const child = spawn(process.execPath, ['server/run.mjs', 'main'], {
    cwd: new URL('../..', import.meta.url).pathname,
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(port),
      HOST: '127.0.0.1',
      AUTH,
      DEMO: 'off',
      DATABASE_URL: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const opened = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const [origin] = /http:\/\/127\.0\.0\.1:\d+(?=\/fhir)/.exec(said) ?? []
        if (origin !== undefined) resolve(origin)
      })
    child.once('exit', () => reject(new Error(said)))
  })
  opened.catch(() => undefined)
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, opened, ended, said: () => said }
}

const facility = 'aarogyam-health-care-birgaon'

/** `parchi intake <facility>` beside a running server. */
async function command(dataDir: string, port: number): Promise<{ code: number; text: string }> {
  const settings = { DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1', AUTH: 'on', DATABASE_URL: '' }
  const child = spawn(process.execPath, ['server/run.mjs', 'cli', 'intake', facility, '--json'], {
    cwd: new URL('../..', import.meta.url).pathname,
    env: { ...process.env, ...settings },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  return { code, text }
}

describe('the process', function () {
  this.timeout(180_000)
  let folder: string

  before(async () => void (folder = await temporaryFolder()))
  after(() => rm(folder, { recursive: true, force: true }))

  const database = () => findPostmaster(join(folder, 'pg18'))

  it('ends on SIGTERM with 0, having stopped its database, and keeps what was written', async () => {
    const first = start(folder, 0)
    const headers = { 'content-type': 'application/fhir+json' }
    const body = JSON.stringify({ resourceType: 'Patient', id: 'kept' })
    expect((await ask(await first.opened, 'PUT', '/fhir/Patient/kept', { headers, body })).status).to.equal(201)
    expect(await database()).not.to.equal(null)
    first.child.kill('SIGTERM')
    expect(await first.ended).to.equal(0)
    expect(await database()).to.equal(null)

    const second = start(folder, 0)
    expect((await ask(await second.opened, 'GET', '/fhir/Patient/kept')).status).to.equal(200)
    second.child.kill('SIGTERM')
    expect(await second.ended).to.equal(0)
  })

  it('asks for a token, and is obeyed by the commands of whoever may read its data folder', async () => {
    const port = await freePort()
    const guarded = start(folder, port, 'on')
    const origin = await guarded.opened
    expect((await ask(origin, 'GET', '/fhir/Patient')).status).to.equal(401)
    expect((await ask(origin, 'GET', `/intake/${facility}`)).status).to.equal(401)
    const token = join(folder, 'operator.token')
    expect((await stat(token)).mode & 0o077).to.equal(0)
    const { code, text } = await command(folder, port)
    expect([code, text]).to.deep.include(0)
    expect(text).to.contain('"messages"')
    guarded.child.kill('SIGTERM')
    expect(await guarded.ended).to.equal(0)
  })

  it('says in one sentence that its port is in use, and stops its database', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const started = start(folder, port)
    expect(await started.ended).to.equal(1)
    other.close()
    expect(started.said().trim().split('\n').at(-1)).to.equal(
      `127.0.0.1:${port} is in use: stop what listens there, or set PORT to another one.`,
    )
    expect(started.said()).not.to.contain('    at ')
    expect(await database()).to.equal(null)
  })
})
