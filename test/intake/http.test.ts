import type { MedicationRequest, OperationOutcome, Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { sql } from '../../server/db/sql.ts'
import { diffReplay } from '../../server/intake/diff-replay.ts'
import { publish, rollback } from '../../server/intake/mappings.ts'
import { until } from '../harness/until.ts'
import { ask } from '../http/ask.ts'
import { intakeServer, type IntakeServer } from './server.ts'
import { head } from './toy.ts'

interface Traced {
  versions: { version: number; message: string; line: number; mapping: number; filename: string | null; via: string }[]
}

describe('POST /intake/{facility}', () => {
  let server: IntakeServer
  before(async () => {
    server = await intakeServer([{ slug: 'sunrise-clinic' }, { slug: 'lab' }], {
      limits: { messageBytes: 3 * 1024 * 1024, dayBytes: 40 * 1024 * 1024 },
    })
  })
  after(() => server.stop())

  const outcome = async (response: Response) => (await response.json()) as OperationOutcome

  it('answers 202 with the message and where its state is told', async () => {
    const response = await fetch(`${server.origin}/intake/lab`, { method: 'POST', body: 'a1||a1|Asha|||\n' })
    expect(response.status).to.equal(202)
    const { message, status } = (await response.json()) as { message: string; status: string }
    expect(status).to.equal(`${server.origin}/intake/lab/${message}`)
    expect(response.headers.get('location')).to.equal(status)
    expect(await server.settled('lab', message)).to.deep.include({ state: 'done', total: 1, counts: { accepted: 1 } })
  })

  it('knows a facility by its HFR id too', async () => {
    const { message } = await server.post('IN-lab', 'a2||a2|Asha|||\n')
    expect((await server.settled('lab', message)).counts).to.deep.equal({ accepted: 1 })
  })

  it('answers 404 for a facility that is not there, and names the nearest', async () => {
    const response = await fetch(`${server.origin}/intake/sunrise-clinc`, { method: 'POST', body: 'x' })
    expect(response.status).to.equal(404)
    expect(JSON.stringify(await outcome(response))).to.include('sunrise-clinic')
  })

  it('refuses nothing, too much, and what cannot be unpacked with an OperationOutcome', async () => {
    const send = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      fetch(`${server.origin}/intake/lab`, { method: 'POST', body, headers })
    expect((await send('')).status).to.equal(400)
    const large = await ask(server.origin, 'POST', '/intake/lab', { body: Buffer.alloc(4 * 1024 * 1024, 'x\n') })
    expect(large.status).to.equal(413)
    expect(large.json).to.include({ resourceType: 'OperationOutcome' })
    expect((await send('x', { 'content-encoding': 'gzip' })).status).to.equal(400)
    expect((await send('x', { 'content-encoding': 'zstd' })).status).to.equal(415)
    expect((await send(new Uint8Array(Buffer.from('PK\x03\x04 and no more')))).status).to.equal(400)
    const [row] = await server.database.db.rows<{ many: number }>(sql`
      select count(*)::integer as many from message where size > 1000000`)
    expect(row?.many).to.equal(0)
  })

  it('answers 405 and 404 where there is nothing to do', async () => {
    expect((await fetch(`${server.origin}/intake/lab`, { method: 'PUT', body: 'x' })).status).to.equal(405)
    expect((await server.get('/intake/lab/no-message')).status).to.equal(404)
    expect((await server.get('/intake/lab/a/b/c/d')).status).to.equal(404)
    expect((await server.get('/intake/lab?before=x')).status).to.equal(400)
    expect((await server.get('/intake/lab?limit=-1')).status).to.equal(400)
    const nothing = await fetch(`${server.origin}/intake/lab/codes`, { method: 'POST', body: '{"list":1}' })
    expect(nothing.status).to.equal(400)
    expect((await server.get('/intake/trace/Nothing/1')).status).to.equal(404)
  })

  it('previews without storing anything', async () => {
    const before = await server.json<{ messages: unknown[] }>('/intake/lab')
    const body = 'p1||p1|Asha||XYZ|\np1||p1|Asha||XYZ|\np2||p2||||\n\n'
    const response = await fetch(`${server.origin}/intake/lab/preview`, { method: 'POST', body })
    const shown = (await response.json()) as {
      total: number
      counts: object
      unmapped: object[]
      records: { resources: object[] }[]
    }
    expect(shown.counts).to.deep.equal({ 'accepted-with-warnings': 1, duplicate: 1, quarantined: 1, ignored: 1 })
    expect(shown.unmapped).to.deep.equal([{ list: 'drug', code: 'XYZ' }])
    expect(shown.records[0]?.resources).to.have.length(2)
    expect((await server.get('/fhir/Patient/lab-p-p1')).status).to.equal(404)
    expect((await server.json<{ messages: unknown[] }>('/intake/lab')).messages).to.have.length(before.messages.length)
  })

  it('gives the refused rows back as they were sent, with what is wrong and how to mend it', async () => {
    const status = await server.send('lab', 'e1||e1|Asha|||\ne2|x,"y"|e2||||\ne3||e3|Ravi|||\n')
    const response = await server.get(`/intake/lab/${status.message}/errors.csv`)
    expect(response.headers.get('content-type')).to.include('text/csv')
    expect(await response.text()).to.equal(
      `${head}|error_line|error_code|error_column|error_value|error|remedy\r\n` +
        'e2|x,"y"|e2|||||2|NAME_MISSING|name||The patient has no name.|Fill in the name.\r\n',
    )
  })

  it('lists messages, records and what is refused', async () => {
    const { messages } = await server.json<{ messages: { message: string }[] }>('/intake/lab?limit=2')
    expect(messages).to.have.length(2)
    const { records } = await server.json<{ records: { state: string }[] }>('/intake/lab/quarantine')
    expect(records.map(({ state }) => state)).to.deep.equal(['quarantined'])
  })

  it('keeps no Aadhaar number, and says that there was one', async () => {
    const { message } = await server.post('lab', 'u1||u1|Asha 2341 2341 2346|||\n', {
      'x-filename': '234123412346.csv',
    })
    const status = await server.settled('lab', message)
    expect(status.issues.map(({ code }) => code)).to.deep.equal(['AADHAAR'])
    const rows = await server.database.db.rows<{ bytes: Buffer; filename: string }>(sql`
      select p.bytes, m.filename from message m join message_part p on p.message = m.id where m.id = ${message}`)
    expect(rows[0]?.bytes.toString()).to.equal('u1||u1|Asha XXXX XXXX XXXX|||\n')
    expect(rows[0]?.filename).to.equal('XXXXXXXXXXXX.csv')
  })

  it('replays what waits for a code once it is mapped, and shows the work-list until then', async () => {
    const status = await server.send('lab', 'c1||c1|Asha|v1|XYZ|\nc2||c2|Ravi|v2|PCM|\n')
    expect(status.counts).to.deep.equal({ accepted: 1, 'accepted-with-warnings': 1 })
    const before = await server.json<{ unmapped: { list: string; code: string; waiting: number }[] }>(
      '/intake/lab/codes',
    )
    expect(before.unmapped.map(({ list, code, waiting }) => [list, code, waiting])).to.deep.equal([['drug', 'XYZ', 1]])
    const body = JSON.stringify({ list: 'drug', code: 'XYZ', target: 'http://snomed.info/sct|387517004' })
    const mapped = await fetch(`${server.origin}/intake/lab/codes`, { method: 'POST', body })
    expect(await mapped.json()).to.deep.equal({ replayed: 1 })
    expect((await server.settled('lab', status.message)).counts).to.deep.equal({ accepted: 2 })
    const drug = await server.json<MedicationRequest>('/fhir/MedicationRequest/lab-m-c1-XYZ')
    expect(drug.medicationCodeableConcept?.coding?.[0]?.code).to.equal('387517004')
    expect(drug.meta?.versionId).to.equal('2')
    const after = await server.json<{ unmapped: object[] }>('/intake/lab/codes')
    expect(after.unmapped).to.deep.equal([])
  })

  it('replays a message without making anything twice', async () => {
    const status = await server.send('lab', 'r1||r1|Asha|rv1|PCM|\nr2||r2||||\n\n')
    const replay = await fetch(`${server.origin}/intake/lab/${status.message}/replay`, { method: 'POST' })
    expect(replay.status).to.equal(202)
    const again = await server.settled('lab', status.message)
    expect(again).to.deep.include({ total: 3, counts: { accepted: 1, quarantined: 1, ignored: 1 } })
    expect((await server.json<Patient>('/fhir/Patient/lab-p-r1')).meta?.versionId).to.equal('1')
  })

  it('replays through a new mapping: versions, removals and the trace of each', async () => {
    const { intake } = server.running
    const sent = await server.post('sunrise-clinic', 't1||t1|asha|tv|PCM|\n\nt2||t2|ravi|||\n', {
      'x-filename': 'register%20%E0%A4%A8.csv',
    })
    await server.settled('sunrise-clinic', sent.message)
    const text = JSON.stringify({ slug: 'sunrise-clinic', shout: true, nodrug: true })
    const diff = await diffReplay(intake, 'sunrise-clinic', intake.catalog.compile(text, []), 1)
    expect(diff).to.deep.include({
      messages: 1,
      records: 3,
      added: {},
      changed: { Patient: 2 },
      removed: { MedicationRequest: 1 },
    })
    expect(diff.after).to.deep.equal({ accepted: 2, ignored: 1 })
    expect((await server.json<Patient>('/fhir/Patient/sunrise-clinic-p-t1')).meta?.versionId).to.equal('1')
    const version = await publish(
      intake,
      'sunrise-clinic',
      JSON.stringify({ slug: 'sunrise-clinic', shout: true, nodrug: true }),
    )
    expect(version.version).to.equal(2)
    const from = encodeURIComponent(new Date(Date.now() - 60_000).toISOString())
    const to = encodeURIComponent(new Date(Date.now() + 60_000).toISOString())
    const replay = await fetch(`${server.origin}/intake/sunrise-clinic/replay?from=${from}&to=${to}`, {
      method: 'POST',
    })
    expect(await replay.json()).to.deep.equal({ messages: 1 })
    expect((await server.settled('sunrise-clinic', sent.message)).counts).to.deep.equal({ accepted: 2, ignored: 1 })
    expect((await server.json<Patient>('/fhir/Patient/sunrise-clinic-p-t1')).name?.[0]).to.deep.equal({ text: 'ASHA' })
    expect((await server.get('/fhir/MedicationRequest/sunrise-clinic-m-t1-PCM')).status).to.equal(410)
    const { versions } = await server.json<Traced>('/intake/trace/Patient/sunrise-clinic-p-t1')
    expect(
      versions.map((one) => [one.version, one.message, one.line, one.mapping, one.via, one.filename]),
    ).to.deep.equal([
      [1, sent.message, 1, 1, 'http', 'register न.csv'],
      [2, sent.message, 1, 2, 'http', 'register न.csv'],
    ])
    await rollback(intake, 'sunrise-clinic', 1)
    await fetch(`${server.origin}/intake/sunrise-clinic/${sent.message}/replay`, { method: 'POST' })
    await server.settled('sunrise-clinic', sent.message)
    expect((await server.json<Patient>('/fhir/Patient/sunrise-clinic-p-t1')).name?.[0]).to.deep.equal({ text: 'asha' })
    expect((await server.get('/fhir/MedicationRequest/sunrise-clinic-m-t1-PCM')).status).to.equal(200)
  })

  it('takes files of many pieces, and tells metrics without personal data', async () => {
    const rows = '\n'.repeat(2000) + 'z1||z1|Asha|||\n' + `${' '.repeat(999)}\n`.repeat(1500)
    const status = await server.send('lab', rows)
    expect(status).to.deep.include({ total: 3501, counts: { accepted: 1, ignored: 3500 } })
    const [row] = await server.database.db.rows<{ parts: number; rows: number }>(sql`
      select (select count(*)::integer from message_part where message = ${status.message}) as parts,
             (select count(*)::integer from record where message = ${status.message}) as rows`)
    expect(row?.parts).to.be.above(1)
    expect(row?.rows).to.be.below(30)
    const metrics = await (await server.get('/metrics')).text()
    expect(metrics).to.include('parchi_intake_records{facility="lab",state="accepted"}')
    expect(metrics).to.include('parchi_jobs{state="waiting"} 0')
  })

  it('answers 429 when a facility has sent too much', async () => {
    await server.database.db.rows(sql`update message set size = 50000000 where facility = 'lab'`)
    const limited = async () =>
      (await fetch(`${server.origin}/intake/lab`, { method: 'POST', body: 'x||x|X|||\n' })).status
    let status = 202
    await until(async () => (status = await limited()) !== 202, 100)
    expect(status).to.equal(429)
  })
})
