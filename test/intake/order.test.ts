import type { Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from '../../server/db/sql.ts'
import { publish } from '../../server/intake/mappings.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const at = (time: string) => `2026-11-20T${time}:00+05:30`

describe('Messages in another order', () => {
  let server: IntakeServer
  before(async () => {
    server = await intakeServer([{ slug: 'ward', kind: 'hl7v2' }, { slug: 'small', maxBytes: 100 }, { slug: 'toy' }])
  })
  after(() => server.stop())

  const names = async (patient: string) => {
    const { name = [] } = await server.json<Patient>(`/fhir/Patient/ward-p-${patient}`)
    return name.map(({ text }) => text)
  }

  it('take an update before the registration as an upsert, and fill in what it left open', async () => {
    const update = await server.send('ward', `m1|${at('10:00')}|a|Newer Name|||\n`)
    expect(update.counts).to.deep.equal({ accepted: 1 })
    const late = await server.send('ward', `m2|${at('09:00')}|a|Older Name|v1|PCM|\n`)
    expect(late.counts).to.deep.equal({ accepted: 1 })
    expect(await names('a')).to.deep.equal(['Newer Name'])
    expect((await server.get('/fhir/Encounter/ward-e-v1')).status).to.equal(200)
  })

  it('supersede a late older update that tells nothing new: it is kept and changes nothing', async () => {
    const before = await (await server.get('/fhir/Patient/ward-p-a')).text()
    const late = await server.send('ward', `m3|${at('08:30')}|a|Oldest Name|||\n`)
    expect(late.counts).to.deep.equal({ superseded: 1 })
    const { records } = await server.json<{ records: { issues: { code: string }[] }[] }>(
      `/intake/ward/${late.message}/records`,
    )
    expect(records.map(({ issues }) => issues.map(({ code }) => code))).to.deep.equal([['STALE']])
    expect(await (await server.get('/fhir/Patient/ward-p-a')).text()).to.equal(before)
    const newer = await server.send('ward', `m4|${at('11:00')}|a|Newest Name|||\n`)
    expect(newer.counts).to.deep.equal({ accepted: 1 })
    expect((await names('a'))[0]).to.equal('Newest Name')
  })

  it('keep their states when they are processed again, and older ones do not win', async () => {
    const { messages } = await server.json<{ messages: { message: string; counts: object }[] }>('/intake/ward')
    for (const { message, counts } of messages.toReversed()) {
      await server.get(`/intake/ward/${message}`)
      await fetch(`${server.origin}/intake/ward/${message}/replay`, { method: 'POST' })
      const { superseded = 0, accepted = 0 } = (await server.settled('ward', message)).counts
      expect(superseded + accepted, JSON.stringify(counts)).to.equal(1)
    }
    expect((await names('a'))[0]).to.equal('Newest Name')
  })

  it('hold a file that is larger than the facility’s own limit', async () => {
    const held = await server.send('small', `k1||1|${'x'.repeat(200)}|||\n`)
    expect(held).to.deep.include({ state: 'held', counts: {} })
    expect(held.issues.map(({ code }) => code)).to.deep.equal(['LIMIT_SIZE'])
  })

  it('stop a replay that is running: what it has changed stays, the rest is as it was', async () => {
    const rows = Array.from({ length: 6000 }, (_, i) => `k${i}||${i}|Name ${i}|||\n`).join('')
    const { message } = await server.send('toy', rows)
    const { intake } = server.running
    await publish(intake, 'toy', JSON.stringify({ slug: 'toy', shout: true }))
    const { db } = intake.house
    await fetch(`${server.origin}/intake/toy/${message}/replay`, { method: 'POST' })
    const far = async () => (await db.rows(sql`select from job where kind = 'replay' and progress ? 'upTo'`)).length > 0
    while (!(await far())) await sleep(5)
    const stopped = await fetch(`${server.origin}/intake/toy/${message}/replay`, { method: 'DELETE' })
    expect(await stopped.json()).to.deep.equal({ stopped: 1 })
    expect((await server.settled('toy', message)).counts).to.deep.equal({ accepted: 6000 })
    const [row] = await db.rows<{ many: number }>(sql`
      select count(*)::integer as many from resource where id like 'toy-p-%' and body like '%"text":"NAME%'`)
    expect(row?.many).to.be.above(0)
    expect(row?.many).to.be.below(6000)
  })
})
