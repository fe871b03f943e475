import { expect } from 'chai'
import type { Bundle } from '@medplum/fhirtypes'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { inDatabase } from '../../../server/db/connection.ts'
import { sql } from '../../../server/db/sql.ts'
import { framed } from '../../../server/intake/ways/frames.ts'
import { freePort } from '../../harness/free-port.ts'
import { intakeServer, type IntakeServer } from '../server.ts'
import { adt, catalogOf, his } from './hospitals.ts'
import { answered, Sender } from './sender.ts'

describe('HL7 over MLLP', () => {
  let server: IntakeServer
  let sender: Sender
  let ownPort: number
  before(async () => {
    ownPort = await freePort()
    const catalog = catalogOf({
      rose: his('HIS', 'ROSE'),
      lily: his('HIS', 'LILY', `, port: ${ownPort}`),
      twin: his('TWIN', 'TWIN'),
      'twin-too': his('TWIN', 'TWIN'),
    })
    server = await intakeServer([], { catalog, env: { MLLP_PORT: '0' } })
    sender = await Sender.to(port())
  })
  after(async () => {
    sender.socket.destroy()
    await server.stop()
  })
  const port = () => server.running.ways.mllp[0] ?? 0
  const messages = async (): Promise<{ facility: string; state: string; controlId: string }[]> =>
    server.database.db.rows(sql`
      select facility, state, control_id as "controlId" from message where via = 'mllp' order by id`)

  it('answers every message of a chunk in order, and one that comes in pieces, each when it is stored', async () => {
    sender.socket.write(Buffer.concat(['C1', 'C2', 'C3'].map((control) => framed(adt(control)))))
    const all = await sender.until(3)
    expect(all.map((text) => answered(text))).to.deep.equal(
      ['C1', 'C2', 'C3'].map((control) => ({ code: 'AA', control, text: '' })),
    )
    const whole = framed(adt('C4'))
    for (let at = 0; at < whole.length; at += 50) {
      sender.socket.write(whole.subarray(at, at + 50))
      await sleep(1)
    }
    expect(answered((await sender.until(4))[3] ?? '')).to.include({ code: 'AA', control: 'C4' })
    expect((await messages()).map(({ facility, controlId }) => facility + controlId)).to.deep.equal(
      ['C1', 'C2', 'C3', 'C4'].map((control) => `rose${control}`),
    )
  })

  it('accepts the same message sent again', async () => {
    expect(await sender.ask(adt('C5'))).to.include({ code: 'AA' })
    expect(await sender.ask(adt('C5'))).to.include({ code: 'AA', control: 'C5' })
  })

  it('maps what it took', async () => {
    expect(await sender.ask(adt('C6', { patient: 'P77', name: 'Kurrey^Lata', accept: 'NE', wish: 'AL' }))).to.include({
      code: 'AA',
    })
    const found = await server.json<Bundle>('/fhir/Patient?family=Kurrey')
    expect(found.total).to.equal(1)
  })

  it('rejects a message of nobody, one that two could have sent, and what is no message, and keeps none of them', async () => {
    const before = (await messages()).length
    const unknown = await sender.ask(adt('C7', { facility: 'NOBODY' }))
    expect([unknown.code, unknown.control]).to.deep.equal(['AR', 'C7'])
    expect(unknown.text).to.match(/belong to no facility/)
    expect(unknown.text).not.to.contain('NOBODY')
    expect(await sender.ask(adt('C8', { application: 'TWIN', facility: 'TWIN' }))).to.include({ code: 'AR' })
    expect(await sender.ask('PID|1||P1')).to.include({ code: 'AR', text: 'No message header (MSH) can be read.' })
    expect((await messages()).length).to.equal(before)
  })

  it('knows a facility by a port of its own, whatever it calls itself there', async () => {
    const other = await Sender.to(ownPort)
    expect(await other.ask(adt('L1', { facility: 'LILY' }))).to.include({ code: 'AA' })
    expect(await sender.ask(adt('L2', { facility: 'LILY' }))).to.include({ code: 'AR' })
    expect((await messages()).at(-1)).to.include({ facility: 'lily', controlId: 'L1' })
    other.socket.destroy()
  })

  it('tells the end of a connection whose message is too long', async () => {
    const small = await intakeServer([], {
      catalog: catalogOf({ rose: his('HIS', 'ROSE') }),
      limits: { messageBytes: 2 ** 20 },
      env: { MLLP_PORT: '0' },
    })
    const long = await Sender.to(small.running.ways.mllp[0] ?? 0)
    expect(await long.ask(`${adt('X1')}OBX|1|TX|${'x'.repeat(2 ** 20)}\r`)).to.deep.include({
      code: 'AE',
      control: 'X1',
      text: 'The message has more than 1 MB.',
    })
    await once(long.socket, 'close')
    await small.stop()
  })

  it('leaves a message with its sender when the facility has too much waiting', async () => {
    const full = await intakeServer([], {
      catalog: catalogOf({ rose: his('HIS', 'ROSE') }),
      limits: { waiting: 0 },
      env: { MLLP_PORT: '0' },
    })
    const other = await Sender.to(full.running.ways.mllp[0] ?? 0)
    expect(await other.ask(adt('Q1'))).to.include({ code: 'AE' })
    expect((await other.ask(adt('Q1', { accept: 'ER' }))).code).to.equal('CE')
    other.socket.destroy()
    await full.stop()
  })

  it('leaves a message with its sender while the database is away', async () => {
    const { db, connection } = server.database
    const [here] = await db.rows<{ name: string }>(sql`select current_database()::text as name`)
    const admin = new pg.Client({ ...inDatabase(connection, 'postgres') })
    await admin.connect()
    await admin.query(`alter database ${here?.name} with allow_connections false`)
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [here?.name])
    const away = await sender.ask(adt('D1'))
    await admin.query(`alter database ${here?.name} with allow_connections true`)
    await admin.end()
    expect(away).to.include({ code: 'AE', control: 'D1' })
    expect(await sender.ask(adt('D1'))).to.include({ code: 'AA' })
  })

  describe('in enhanced mode', () => {
    it('says that a message is kept, and later what came of it, as far as the sender asks', async () => {
      const before = sender.answers.length
      sender.socket.write(framed(adt('E1', { accept: 'AL', wish: 'AL' })))
      await sender.until(before + 2)
      expect(sender.answers.slice(before).map((text) => answered(text).code)).to.deep.equal(['CA', 'AA'])
    })

    it('is silent where the sender wants silence', async () => {
      const before = sender.answers.length
      sender.socket.write(
        Buffer.concat([adt('E2', { accept: 'NE' }), adt('E3', { accept: 'ER', wish: 'NE' })].map(framed)),
      )
      expect(await sender.ask(adt('E4', { accept: 'SU' }))).to.include({ code: 'CA', control: 'E4' })
      expect(sender.answers.length).to.equal(before + 1)
      expect((await messages()).slice(-3).map(({ controlId }) => controlId)).to.deep.equal(['E2', 'E3', 'E4'])
    })

    it('rejects at the level at which the sender listens', async () => {
      const nobody = { facility: 'NOBODY' }
      expect(await sender.ask(adt('E5', { ...nobody, accept: 'AL', wish: 'AL' }))).to.include({ code: 'CR' })
      expect(await sender.ask(adt('E6', { ...nobody, accept: 'NE', wish: 'ER' }))).to.include({ code: 'AR' })
    })

    it('tells of a message that was kept and could not be taken in, without its values', async () => {
      const bad = await sender.ask(adt('E7', { accept: 'NE', wish: 'ER', patient: '', name: '' }))
      expect(bad).to.include({ code: 'AE', control: 'E7' })
      expect(bad.text).to.match(/1 quarantined/)
    })
  })
})
