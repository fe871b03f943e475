import { expect } from 'chai'
import { after, before } from 'mocha'
import { makeDataDir, removeDataDir, serve, type Served } from '../bench/process.ts'
import { fuzz } from './fuzz.ts'
import { race } from './race.ts'

describe('A server that is hurt', () => {
  let folder: string
  let server: Served

  before(async function () {
    this.timeout(60_000)
    folder = await makeDataDir()
    server = await serve(folder, { REQUEST_TIMEOUT: '5s' })
  })

  after(async () => {
    await server.stop()
    await removeDataDir(folder)
  })

  it('lets sixteen clients push the same conditional bundle, and keeps it once', async function () {
    this.timeout(60_000)
    const { faults } = await race(server, 3)
    expect(faults).to.deep.equal([])
  })

  it('answers a thousand twisted requests, none with a 5xx', async function () {
    this.timeout(60_000)
    const { faults, statuses } = await fuzz(server, { seed: 'ci', requests: 1000 })
    expect(faults).to.deep.equal([])
    expect(statuses.get(200) ?? 0, 'answers that are not refusals').to.be.above(50)
  })
})
