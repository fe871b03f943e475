import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import { stopReplays } from '../../server/intake/replay.ts'
import { prune, retryParked } from '../../server/intake/ticks.ts'
import { lowestId } from '../../server/intake/ids.ts'
import { dropPartitions, ensurePartitions } from '../../server/intake/partitions.ts'
import { ATTEMPTS } from '../../server/jobs/queue.ts'
import { until } from '../harness/until.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { intakeServer, type Status } from './server.ts'

const rows = (from: number, many: number, more = '') =>
  Array.from({ length: many }, (_, i) => `k${from + i}||p${from + i}|Name ${from + i}${more}|v${from + i}|PCM|\n`).join(
    '',
  )

describe('The intake over time', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await testDatabase()
  })
  afterEach(() => database.drop())

  it('gives up on what waits too long: the record is refused, and tells what it refers to', async () => {
    const first = await intakeServer(undefined, { database })
    const { message } = await first.send('toy', 'a||a|Asha|||need=never\n')
    await first.stop()
    const server = await intakeServer(undefined, { database, limits: { parked: 1 } })
    const { db } = server.running.house
    await db.transaction((tx) => retryParked(tx, server.running.intake))
    expect((await server.settled('toy', message)).counts).to.deep.equal({ quarantined: 1 })
    const { records } = await server.json<{ records: { issues: { code: string; message: string }[] }[] }>(
      `/intake/toy/${message}/records`,
    )
    expect(records[0]?.issues[0]?.code).to.equal('REF_MISSING')
    expect(records[0]?.issues[0]?.message).to.include('Patient')
    await server.stop()
  })

  it('finds that what a record waits for has come by another way', async () => {
    const server = await intakeServer(undefined, { database })
    const { message } = await server.send('toy', 'a||a|Asha|||need=b\n')
    const patient = JSON.stringify({ resourceType: 'Patient', id: 'toy-p-b' })
    await fetch(`${server.base}/Patient/toy-p-b`, {
      method: 'PUT',
      body: patient,
      headers: { 'content-type': 'application/fhir+json' },
    })
    await server.running.house.db.transaction((tx) => retryParked(tx, server.running.intake))
    expect((await server.settled('toy', message)).counts).to.deep.equal({ accepted: 1 })
    await server.stop()
  })

  it('stops in the middle of a file, and goes on where it was', async () => {
    const first = await intakeServer(undefined, { database })
    const padding = ' '.repeat(900)
    const { message } = await first.post('toy', rows(0, 3000, padding))
    while ((await first.json<Status>(`/intake/toy/${message}`)).state === 'queued')
      await new Promise((resolve) => setTimeout(resolve, 10))
    await first.stop()
    const [left] = await database.db.rows<{ progress: { upTo?: number }; attempts: number; lease: string | null }>(sql`
      select progress, attempts, lease from job`)
    expect(left).to.deep.include({ attempts: 0, lease: null })
    const server = await intakeServer(undefined, { database })
    expect(await server.settled('toy', message)).to.deep.include({
      state: 'done',
      total: 3000,
      counts: { accepted: 3000 },
    })
    await server.stop()
  })

  it('stops a replay that is no longer wanted', async () => {
    const idle = await intakeServer(undefined, { database, lanes: 0 })
    const server = await intakeServer(undefined, { database })
    const { message } = await server.send('toy', rows(0, 10))
    await server.stop()
    await fetch(`${idle.origin}/intake/toy/${message}/replay`, { method: 'POST' })
    const stopped = await fetch(`${idle.origin}/intake/toy/${message}/replay`, { method: 'DELETE' })
    expect(await stopped.json()).to.deep.equal({ stopped: 1 })
    expect(await stopReplays(idle.running.intake, 'toy')).to.equal(1)
    await idle.stop()
    const again = await intakeServer(undefined, { database })
    expect((await again.settled('toy', message)).counts).to.deep.equal({ accepted: 10 })
    await again.stop()
  })

  it('holds a message on which it fails again and again, so that nobody waits in vain', async () => {
    const idle = await intakeServer(undefined, { database, lanes: 0 })
    const { message } = await idle.post('toy', rows(0, 3))
    const { message: behind } = await idle.post('toy', rows(10, 3))
    await database.db.rows(sql`update job set attempts = ${ATTEMPTS - 1} where payload->>'message' = ${message}`)
    await database.db.rows(sql`
      insert into facility_mapping (facility, version, text, fingerprint, published, active)
      values ('toy', 1, 'this is no JSON', '', now(), true)`)
    await idle.stop()
    const server = await intakeServer(undefined, { database })
    const status = await server.json<Status>(`/intake/toy/${message}`)
    await until(async () => (await server.json<Status>(`/intake/toy/${message}`)).state === 'held')
    expect(status.message).to.equal(message)
    await database.db.rows(sql`update facility_mapping set active = false`)
    expect((await server.settled('toy', behind)).counts).to.deep.equal({ accepted: 3 })
    await fetch(`${server.origin}/intake/toy/${message}/replay`, { method: 'POST' })
    expect((await server.settled('toy', message)).counts).to.deep.equal({ accepted: 3 })
    await server.stop()
  })

  it('keeps months apart, and gives the storage of old ones back', async () => {
    const { db } = database
    await ensurePartitions(db, new Date('2024-03-15T00:00:00Z'))
    await ensurePartitions(db, new Date('2024-03-15T00:00:00Z'))
    const old = lowestId(Date.parse('2024-03-20T00:00:00Z'))
    const stray = lowestId(Date.parse('2023-01-01T00:00:00Z'))
    for (const id of [old, stray]) {
      await db.rows(sql`insert into message_part (message, part, bytes) values (${id}, 0, '\\x00')`)
      await db.rows(sql`
        insert into record (message, number, through, line, mapping, state) values (${id}, 1, 1, 1, 1, 'a')`)
    }
    const dropped = await db.transaction((tx) => dropPartitions(tx, Date.parse('2024-04-01T00:00:00Z')))
    expect(dropped.toSorted()).to.deep.equal(['message_part_2024_03', 'record_2024_03'])
    const [row] = await db.rows<{ parts: number; records: number }>(sql`
      select (select count(*)::integer from message_part) as parts, (select count(*)::integer from record) as records`)
    expect(row).to.deep.equal({ parts: 0, records: 0 })
  })

  it('forgets bytes after the time it may keep them, and not what it has accepted', async () => {
    const server = await intakeServer(undefined, { database, limits: { days: 0 } })
    const { message } = await server.send('toy', rows(0, 3))
    await server.running.house.db.transaction((tx) =>
      prune(tx, { ...server.running.intake, limits: { ...server.running.intake.limits, days: -60 } }),
    )
    expect((await server.json<Status>(`/intake/toy/${message}`)).counts).to.deep.equal({ accepted: 3 })
    expect((await server.send('toy', rows(0, 4))).counts).to.deep.equal({ duplicate: 3, accepted: 1 })
    await server.stop()
  })
})
