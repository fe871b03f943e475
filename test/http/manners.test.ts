import { expect } from 'chai'
import { ask } from './ask.ts'
import { startServer, type TestServer } from './server.ts'

const fhir = { 'content-type': 'application/fhir+json' }

describe('the manners of the door', () => {
  let server: TestServer

  before(async () => {
    server = await startServer()
    const binary = { resourceType: 'Binary', id: 'b', contentType: 'text/plain', data: 'aGVsbG8=' }
    const patient = { resourceType: 'Patient', id: 'p', active: true }
    for (const body of [binary, patient])
      await ask(server.origin, 'PUT', `/fhir/${body.resourceType}/${body.id}`, {
        headers: fhir,
        body: JSON.stringify(body),
      })
  })
  after(() => server.stop())

  const get = (address: string, headers = {}) => ask(server.origin, 'GET', `/fhir/${address}`, { headers })

  it('gives a Binary as its content, and as a resource to whoever asks by _format or Accept', async () => {
    expect((await get('Binary/b')).text).to.equal('hello')
    expect((await get('Binary/b', { accept: 'text/html,*/*' })).text).to.equal('hello')
    for (const format of ['json', 'application/fhir%2Bjson', 'application/fhir+json']) {
      const answer = await get(`Binary/b?_format=${format}`, { accept: '*/*' })
      expect(answer.headers['content-type'], format).to.contain('application/fhir+json')
      expect(answer.json, format).to.include({ resourceType: 'Binary', data: 'aGVsbG8=' })
    }
  })

  it('answers HEAD with the head of the GET, and no body', async () => {
    const addresses = [
      'Patient/p',
      'Patient/p/_history',
      'Patient/p/_history/1',
      'Patient?_id=p',
      'Patient/p/$everything',
      'Patient/p/*',
      'metadata',
      'Binary/b',
      'Patient/nobody',
    ]
    for (const address of addresses) {
      const whole = await get(address)
      const head = await ask(server.origin, 'HEAD', `/fhir/${address}`)
      expect([head.status, head.text], address).to.deep.equal([whole.status, ''])
      for (const name of ['content-type', 'etag', 'last-modified'])
        expect(head.headers[name], `${address} ${name}`).to.equal(whole.headers[name])
    }
  })

  it('answers OPTIONS with the methods of the address, and lets no other origin in', async () => {
    const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'PUT' }
    const answer = await ask(server.origin, 'OPTIONS', '/fhir/Patient/p', { headers })
    expect(answer.status).to.equal(204)
    expect(answer.headers.allow).to.equal('GET, HEAD, PUT, PATCH, DELETE, OPTIONS')
    expect(answer.headers).not.to.have.property('access-control-allow-origin')
    expect((await ask(server.origin, 'OPTIONS', '/fhir/Pation')).status).to.equal(404)
  })

  it('counts batches apart from transactions, and the connections of the database', async () => {
    for (const type of ['batch', 'transaction', 'batch']) {
      const body = JSON.stringify({ resourceType: 'Bundle', type })
      expect((await ask(server.origin, 'POST', '/fhir', { headers: fhir, body })).status).to.equal(200)
    }
    const { text } = await ask(server.origin, 'GET', '/metrics')
    expect(text).to.contain('parchi_request_seconds_count{interaction="batch",status="2xx"} 2')
    expect(text).to.contain('parchi_request_seconds_count{interaction="transaction",status="2xx"} 1')
    expect(text).to.match(/parchi_database_connections\{state="open"\} [1-9]/)
    expect(text).to.contain('parchi_database_connections{state="waiting"} 0')
  })

  it('finds references to its own address as local ones, also on a port it has just been given', async () => {
    const body = JSON.stringify({
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `${server.base}/Patient/p` },
    })
    expect((await ask(server.origin, 'POST', '/fhir/Observation', { headers: fhir, body })).status).to.equal(201)
    for (const query of ['subject=Patient/p', `subject=${server.base}/Patient/p`, 'patient=p', 'subject.active=true']) {
      const { json } = await get(`Observation?${query}&_total=accurate`)
      expect((json as { total: number }).total, query).to.equal(1)
    }
    expect((await get('Patient/p/$everything')).text).to.contain('"Observation"')
  })
})
