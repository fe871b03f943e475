import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes'
import { expect } from 'chai'
import { verhoeffDigit } from '../../server/fhir/rules/verhoeff.ts'
import { ask as request } from '../http/ask.ts'
import { startServer, type TestServer } from '../http/server.ts'
import { sql } from '../../server/db/sql.ts'

const number = `23412341234${verhoeffDigit('23412341234')}`
const spaced = number.replace(/(....)(....)(....)/, '$1 $2 $3')
const abha = '22-7225-4829-5255'

function patient(more: Partial<Patient> = {}): Patient {
  return {
    resourceType: 'Patient',
    identifier: [
      { system: 'https://uidai.gov.in', value: number },
      { system: 'https://healthid.abdm.gov.in', value: abha },
    ],
    name: [{ text: `Ramesh Sahu ${spaced}` }],
    telecom: [{ system: 'phone', value: '098765 43210' }],
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${number}</div>` },
    ...more,
  }
}

describe('hard rules at the desk', () => {
  let server: TestServer
  before(async () => void (server = await startServer()))
  after(() => server.stop())

  async function send(line: string, body?: unknown, headers: Record<string, string> = {}) {
    const [method = '', path = ''] = line.split(' ')
    const type = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json'
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const sent = { headers: { 'content-type': type, ...headers }, ...(body !== undefined && { body: text }) }
    const answer = await request(server.origin, method, `/fhir/${path}`, sent)
    expect(answer.text + JSON.stringify(answer.headers)).not.to.match(holds)
    return answer
  }
  const holds = new RegExp(`${number}|${spaced}`)

  afterEach('the number stands nowhere in the database or the log', async () => {
    const tables = await server.house.db.rows<{ name: string }>(
      sql`select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
    )
    expect(tables.map(({ name }) => name)).to.include.members(['resource', 'history', 'strings', 'lexicon'])
    const [found] = await server.house.db.rows<{ text: string }>(
      sql`select string_agg(query_to_xml('select * from ' || quote_ident(relname), true, true, '')::text, '') as text
          from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
    )
    expect(found?.text).to.contain('<row')
    expect(found?.text).not.to.match(holds)
    expect(server.logged()).not.to.match(holds)
  })

  it('keeps it out of a create, and says so in the OperationOutcome that was asked for', async () => {
    const answer = await send('POST Patient', patient(), { prefer: 'return=OperationOutcome' })
    expect(answer.status).to.equal(201)
    const { issue } = answer.json as OperationOutcome
    expect(issue?.map(({ severity, expression = [] }) => `${severity} ${expression[0] ?? ''}`)).to.deep.equal([
      'information ',
      'warning Patient.identifier[0]',
      'warning Patient.identifier[1].system',
      'warning Patient.name[0].text',
      'warning Patient.text.div',
    ])
  })

  it('answers the resource as it was stored, and warns in a header', async () => {
    const { json, headers } = await send('POST Patient', patient())
    const { identifier, telecom, name } = json as Patient
    expect(identifier).to.deep.equal([{ system: 'https://healthid.ndhm.gov.in', value: abha }])
    expect(telecom?.[0]?.value).to.equal('+919876543210')
    expect(name?.[0]?.text).to.equal('Ramesh Sahu XXXX XXXX XXXX')
    expect(headers['warning']).to.match(/^299 - "4 findings/)
  })

  it('finds by alias systems, bare ABHA digits and any form of a mobile', async () => {
    for (const search of [
      `identifier=https://healthid.abdm.gov.in|${abha}`,
      `identifier=https://healthid.ndhm.gov.in|${abha.replaceAll('-', '')}`,
      'phone=9876543210',
      'telecom=09876543210',
    ]) {
      const { json } = await send(`GET Patient?${search.replaceAll('|', '%7C')}`)
      expect((json as Bundle).entry, search).to.have.length.above(1)
    }
  })

  it('keeps it out of an update, a patch and its history', async () => {
    await send('PUT Patient/p1', patient({ id: 'p1' }))
    const change = [{ op: 'add', path: '/contact', value: [{ name: { text: spaced } }] }]
    expect((await send('PATCH Patient/p1', change)).status).to.equal(200)
    await send('PUT Patient/p1', patient({ id: 'p1', gender: 'male' }))
    const { json } = await send('GET Patient/p1/_history')
    expect((json as Bundle).entry).to.have.lengthOf(3)
  })

  it('makes no new version of what differs by the number alone', async () => {
    await send('PUT Patient/p2', patient({ id: 'p2' }))
    const { json } = await send('PUT Patient/p2', patient({ id: 'p2' }))
    expect((json as Patient).meta?.versionId).to.equal('1')
  })

  it('keeps it out of uploaded text', async () => {
    const answer = await request(server.origin, 'POST', '/fhir/Binary', {
      headers: { 'content-type': 'text/csv' },
      body: `name,aadhaar\nRamesh,${spaced}\n`,
    })
    const { id } = answer.json as { id: string }
    const stored = await send(`GET Binary/${id}`)
    expect(stored.text).to.equal('name,aadhaar\nRamesh,XXXX XXXX XXXX\n')
  })

  for (const type of ['transaction', 'batch']) {
    it(`warns in the response of each entry of a ${type}`, async () => {
      const entry = [
        {
          fullUrl: 'urn:uuid:0c1f1b0e-6f6c-4a6e-8a43-3f2f8f0d7a11',
          resource: patient(),
          request: { method: 'POST', url: 'Patient' },
        },
        { resource: { resourceType: 'Basic', code: { text: 'x' } }, request: { method: 'POST', url: 'Basic' } },
      ]
      const { status, json } = await send('POST ', { resourceType: 'Bundle', type, entry })
      expect(status).to.equal(200)
      const [first, second] = (json as Bundle).entry ?? []
      const outcome = first?.response?.outcome as OperationOutcome | undefined
      expect(outcome?.issue?.filter(({ severity }) => severity === 'warning')).to.have.lengthOf(4)
      expect(second?.response?.outcome).to.equal(undefined)
    })

    it(`refuses an entry of a ${type} whose ABHA number has no form of one, with its place`, async () => {
      const identifier = [{ system: 'https://healthid.ndhm.gov.in', value: '12' }]
      const resource: Patient = { resourceType: 'Patient', identifier }
      const entry = [
        { resource: patient(), request: { method: 'POST', url: 'Patient' } },
        { resource, request: { method: 'POST', url: 'Patient' } },
      ]
      const answer = await send('POST ', { resourceType: 'Bundle', type, entry })
      if (type === 'batch') {
        const taken = (answer.json as Bundle).entry?.[0]?.response?.outcome as OperationOutcome | undefined
        expect(taken?.issue?.filter(({ severity }) => severity === 'warning')).to.have.lengthOf(4)
      }
      const outcome = (type === 'batch'
        ? (answer.json as Bundle).entry?.[1]?.response?.outcome
        : answer.json) as unknown as OperationOutcome
      expect(outcome.issue?.[0]).to.include({ severity: 'error', code: 'value' })
      expect(outcome.issue?.[0]?.expression?.[0]).to.match(/identifier\[0\]\.value$/)
    })
  }

  it('tells of it in $validate, where nothing is stored', async () => {
    const { json } = await send('POST Patient/$validate', patient())
    const { issue } = json as OperationOutcome
    expect(issue.map(({ severity }) => severity)).to.deep.equal(['warning', 'warning', 'warning', 'warning'])
  })

  it('refuses criteria that hold the number', async () => {
    const { status } = await send('POST Patient', patient(), {
      'if-none-exist': `identifier=https://uidai.gov.in|${number}`,
    })
    expect(status).to.equal(400)
  })
})
