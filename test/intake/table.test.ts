import type { Bundle, Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { receive } from '../../server/intake/receive.ts'
import { intakeServer, type IntakeServer } from './server.ts'

const rows = (from: number, to: number) =>
  Array.from(
    { length: to - from + 1 },
    (_, i) => `k${from + i}||${from + i}|Name ${from + i}|v${from + i}|PCM|\n`,
  ).join('')

/** The rows of the table of messy inputs that are about sending again, late or in another order. */
describe('The intake', () => {
  let server: IntakeServer
  before(async () => {
    server = await intakeServer([{ slug: 'toy' }, { slug: 'lab' }, { slug: 'ward', kind: 'hl7v2' }])
  })
  after(() => server.stop())

  const count = async (search: string) => (await server.json<Bundle>(`/fhir/${search}`)).total ?? 0

  it('writes what a file holds, with a Provenance for each record', async () => {
    const status = await server.send('toy', rows(1, 250))
    expect(status).to.deep.include({ state: 'done', total: 250, counts: { accepted: 250 } })
    expect(await count('Patient?_summary=count')).to.equal(250)
    expect(await count('MedicationRequest?_summary=count')).to.equal(250)
    expect(await count('Provenance?_summary=count')).to.equal(250)
    expect(await server.json(`/fhir/Organization/IN-toy`)).to.include({ name: 'toy' })
  })

  it('takes the same file again as a duplicate, whole', async () => {
    const status = await server.send('toy', rows(1, 250))
    expect(status).to.deep.include({ state: 'done', total: 250, counts: { duplicate: 250 } })
    expect(status.duplicateOf).to.be.a('string')
    expect(await server.json(`/fhir/Patient/toy-p-1`)).to.have.nested.property('meta.versionId', '1')
  })

  it('accepts ten new rows of an overlapping file, the rest are duplicates', async () => {
    const status = await server.send('toy', rows(1, 260))
    expect(status).to.deep.include({ total: 260, counts: { duplicate: 250, accepted: 10 } })
  })

  it('takes a corrected row as an update, and removes what it no longer makes', async () => {
    const status = await server.send('toy', 'k1||1|Corrected|v1||\n')
    expect(status.counts).to.deep.equal({ accepted: 1 })
    expect(await server.json(`/fhir/Patient/toy-p-1`)).to.deep.include({
      name: [{ text: 'Corrected' }],
    })
    expect((await server.get('/fhir/MedicationRequest/toy-m-k1-PCM')).status).to.equal(410)
  })

  it('finds a duplicate within one file, and goes on', async () => {
    const status = await server.send('toy', 'd1||d1|A|||\nd1||d1|A|||\nd2||d2|B|||\n')
    expect(status).to.deep.include({ total: 3, counts: { accepted: 2, duplicate: 1 } })
  })

  it('refuses one bad row and keeps the others', async () => {
    const status = await server.send('toy', 'b1||b1|A|||\nb2||b2||||\nb3||b3|C||PCM|bad\n\nb4||b4|D|||\n')
    expect(status).to.deep.include({ total: 5, counts: { accepted: 2, quarantined: 2, ignored: 1 } })
    const { records } = await server.json<{ records: { line: number; issues: { code: string; message: string }[] }[] }>(
      `/intake/toy/${status.message}/records?state=quarantined`,
    )
    expect(records.map(({ line, issues }) => [line, issues[0]?.code])).to.deep.equal([
      [2, 'NAME_MISSING'],
      [3, 'RESOURCE_INVALID'],
    ])
    expect(JSON.stringify(records)).to.include('Patient.gender')
    expect((await server.get('/fhir/Patient/toy-p-b3')).status).to.equal(404)
  })

  it('processes what was refused before normally when it is sent again', async () => {
    const status = await server.send('toy', 'b1||b1|A|||\nb2||b2|Now named|||\nb3||b3|C||PCM|\n\nb4||b4|D|||\n')
    expect(status.counts).to.deep.equal({ accepted: 2, duplicate: 2, ignored: 1 })
  })

  it('keeps what is late: an older version is superseded', async () => {
    const first = await server.send('toy', 's1|2026-11-22T10:00:00+05:30|s1|Newer|||\n')
    const second = await server.send('toy', 's1|2026-11-22T09:00:00+05:30|s1|Older|||\n')
    expect([first.counts, second.counts]).to.deep.equal([{ accepted: 1 }, { superseded: 1 }])
    expect(await server.json(`/fhir/Patient/toy-p-s1`)).to.deep.include({ name: [{ text: 'Newer' }] })
  })

  it('parks what refers to a record that has not come, and writes it when that comes', async () => {
    const parked = await server.send('toy', 'n1||n1|Waiting|||need=later\n')
    expect(parked.counts).to.deep.equal({ parked: 1 })
    const second = await server.send('toy', 'n2||later|The one|||\n')
    expect(second.counts).to.deep.equal({ accepted: 1 })
    expect((await server.settled('toy', parked.message)).counts).to.deep.equal({ accepted: 1 })
    expect((await server.get('/fhir/Patient/toy-p-n1')).status).to.equal(200)
  })

  it('parks a merge until its survivor is known, then links both', async () => {
    await server.send('toy', 'm1||old|Geeta|||\n')
    const merge = await server.send('toy', 'm2||new|Geeta Devi|||merge=old\n')
    expect(merge.counts).to.deep.equal({ parked: 1 })
    await server.send('toy', 'm3||new|Geeta Devi|||\n')
    expect((await server.settled('toy', merge.message)).counts).to.deep.equal({ accepted: 1 })
    const loser = await server.json<Patient>('/fhir/Patient/toy-p-old')
    const survivor = await server.json<Patient>('/fhir/Patient/toy-p-new')
    expect(loser).to.deep.include({
      active: false,
      link: [{ other: { reference: 'Patient/toy-p-new' }, type: 'replaced-by' }],
    })
    expect(survivor.link).to.deep.equal([{ other: { reference: 'Patient/toy-p-old' }, type: 'replaces' }])
    await server.send('toy', 'm4||old|Geeta again|||\n')
    expect(await server.json<Patient>('/fhir/Patient/toy-p-old')).to.include({ active: false })
    const bundle = await server.json<Bundle>('/fhir/Patient/toy-p-new/$everything')
    expect(bundle.entry?.map(({ resource }) => resource?.id)).to.include('toy-p-old')
  })

  it('holds a file when too many of its rows are refused: nothing is written, until it is released', async () => {
    const text = rows(500, 509) + Array.from({ length: 6 }, (_, i) => `h${i}||h${i}||||\n`).join('')
    const held = await server.send('lab', text)
    expect(held).to.deep.include({ state: 'held', total: 16, counts: { held: 16 } })
    expect(held.issues.map(({ code }) => code)).to.deep.equal(['BATCH_HELD'])
    expect((await server.get('/fhir/Patient/lab-p-500')).status).to.equal(404)
    const released = await fetch(`${server.origin}/intake/lab/${held.message}/release`, { method: 'POST' })
    expect(released.status).to.equal(202)
    const done = await server.settled('lab', held.message)
    expect(done).to.deep.include({ state: 'done', counts: { accepted: 10, quarantined: 6 } })
  })

  it('holds a file that cannot be read to its end', async () => {
    const status = await server.send('lab', 'x1||x1|A|||\nSTOP\n')
    expect(status.state).to.equal('held')
    expect(status.issues.map(({ code }) => code)).to.deep.equal(['FILE_FORMAT'])
    expect((await server.get('/fhir/Patient/lab-p-x1')).status).to.equal(404)
  })

  it('refuses a control id that came before with another content', async () => {
    const sent = async (name: string) => {
      const bytes = [Buffer.from(`z-${name}||w1|${name}|||\n`)]
      const given = {
        facility: 'ward',
        via: 'mllp',
        controlId: 'c77',
        bytes: (async function* () {
          yield* bytes
        })(),
      }
      return server.settled('ward', (await receive(server.running.intake, given)).message)
    }
    expect((await sent('A')).counts).to.deep.equal({ accepted: 1 })
    expect((await sent('B')).counts).to.deep.equal({ quarantined: 1 })
    expect((await sent('A')).counts).to.deep.equal({ duplicate: 1 })
  })
})
