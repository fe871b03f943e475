import type { Bundle } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from '../../../server/db/sql.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'
import { intakeServer } from '../server.ts'
import { adt, catalogOf, his } from './hospitals.ts'
import { Sender } from './sender.ts'

describe('A server killed right after it acknowledged a message', () => {
  let database: TestDatabase
  before(async () => {
    database = await testDatabase()
  })
  after(() => database.drop())

  it('has the message, and the next one processes it', async function () {
    this.timeout(180_000)
    const { types: _types, ...connection } = database.connection
    const given = JSON.stringify({ connection, dataDir: join(tmpdir(), 'parchi-test') })
    const script = new URL('child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--import=tsx', script, given], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const sender = await Sender.to(Number(line.toString()))
    sender.socket.once('data', () => child.kill('SIGKILL'))
    expect(await sender.ask(adt('K1', { name: 'Sahu^Kavita' }))).to.include({ code: 'AA', control: 'K1' })
    await once(child, 'exit')

    const server = await intakeServer([], { catalog: catalogOf({ rose: his('HIS', 'ROSE') }), database })
    const rows = await database.db.rows<{ id: string }>(sql`select id from message where control_id = 'K1'`)
    expect(rows).to.have.length(1)
    expect(await server.settled('rose', rows[0]?.id ?? '')).to.include({ state: 'done', total: 1 })
    expect((await server.json<Bundle>('/fhir/Patient?family=Sahu')).total).to.equal(1)
    await server.stop()
  })
})
