import { expect } from 'chai'
import { gunzipSync } from 'node:zlib'
import { request } from 'node:http'
import { ask } from './ask.ts'
import { startServer, type TestServer } from './server.ts'

const fhir = { 'content-type': 'application/fhir+json' }

describe('the door', () => {
  let server: TestServer
  before(async () => (server = await startServer()))
  after(() => server.stop())

  it('writes nothing of a patient into logs and metrics', async () => {
    const secret = 'Xanthippe'
    const body = JSON.stringify({
      resourceType: 'Patient',
      id: 'p',
      name: [{ family: secret }],
      birthDate: '1911-11-11',
    })
    await ask(server.origin, 'PUT', '/fhir/Patient/p', { headers: fhir, body })
    await ask(server.origin, 'GET', `/fhir/Patient?family=${secret}&birthdate=1911-11-11`)
    await ask(server.origin, 'POST', '/fhir/Patient/_search', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `family=${secret}`,
    })
    await ask(server.origin, 'POST', '/fhir/Patient', { headers: fhir, body: body.replace('1911-11-11', `${secret}!`) })
    await ask(server.origin, 'GET', `/fhir/${secret}/${secret}?${secret}=${secret}`)
    const metrics = (await ask(server.origin, 'GET', '/metrics')).text
    for (const text of [server.logged(), metrics]) {
      expect(text).to.match(/search-type/)
      expect(text).not.to.match(new RegExp(`${secret}|1911-11-11`, 'i'))
    }
  })

  it('tells outside only the request id of a failure of its own, and logs it once without the message', async () => {
    const own = await startServer()
    const broken = { ...own.house, registry: undefined } as never
    const { openDoor } = await import('../../server/http/server.ts')
    const door = await openDoor(broken, {
      host: '127.0.0.1',
      port: 0,
      publicUrl: '',
      bodyLimit: 1e6,
      requestTimeout: 1000,
      readiness: () => undefined,
    })
    const answer = await ask(door.origin, 'GET', '/fhir/Patient?name=x', { headers: { 'x-request-id': 'abc-1' } })
    await door.close(100)
    await own.stop()
    expect(answer.status).to.equal(500)
    expect(answer.headers['x-request-id']).to.equal('abc-1')
    expect(answer.text).to.contain('abc-1').and.not.contain('undefined').and.not.contain('.ts')
    const lines = own
      .logged()
      .split('\n')
      .filter((line) => line.includes('a request failed'))
    expect(lines).to.have.length(1)
    expect(lines[0]).to.contain('"stack"').and.contain('abc-1')
  })

  it('takes a search by POST as it takes one by GET', async () => {
    await ask(server.origin, 'PUT', '/fhir/Patient/q', {
      headers: fhir,
      body: '{"resourceType":"Patient","id":"q","name":[{"family":"Quill"}]}',
    })
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const { json } = await ask(server.origin, 'POST', '/fhir/Patient/_search?_count=5', {
      headers: form,
      body: 'family=Quill&name=quill',
    })
    expect(json).to.have.nested.property('entry[0].resource.id', 'q')
  })

  it('answers HEAD as GET, without the body', async () => {
    const get = await ask(server.origin, 'GET', '/fhir/Patient/p')
    const head = await ask(server.origin, 'HEAD', '/fhir/Patient/p')
    expect(head.status).to.equal(200)
    expect(head.text).to.equal('')
    for (const name of ['etag', 'last-modified', 'content-type', 'content-length'])
      expect(head.headers[name], name).to.equal(get.headers[name])
  })

  it('spreads JSON over lines with _pretty=true, and keeps the digits', async () => {
    const body =
      '{"resourceType":"Observation","id":"o","status":"final","code":{"text":"a \\"b\\" {c}"},"valueQuantity":{"value":1.10}}'
    expect((await ask(server.origin, 'PUT', '/fhir/Observation/o', { headers: fhir, body })).status).to.equal(201)
    const plain = await ask(server.origin, 'GET', '/fhir/Observation/o')
    const pretty = await ask(server.origin, 'GET', '/fhir/Observation/o?_pretty=true')
    expect(pretty.json).to.deep.equal(plain.json)
    expect(pretty.text).to.contain('\n  "valueQuantity": {\n    "value": 1.10\n  }')
  })

  it('packs large answers for those who ask', async () => {
    const plain = await ask(server.origin, 'GET', '/fhir/metadata')
    const packed = await bytes(server.origin, '/fhir/metadata', 'gzip')
    expect(packed.encoding).to.equal('gzip')
    expect(packed.body.length).to.be.below(plain.text.length / 5)
    expect(gunzipSync(packed.body).toString()).to.equal(plain.text)
    expect((await bytes(server.origin, '/fhir/metadata', 'gzip;q=0')).encoding).to.equal(undefined)
    expect((await bytes(server.origin, '/fhir/Patient/p', 'gzip')).encoding).to.equal(undefined)
  })

  it('is alive, ready, measured, and has a front page', async () => {
    for (const path of ['/livez', '/readyz', '/metrics', '/'])
      expect((await ask(server.origin, 'GET', path)).status, path).to.equal(200)
    expect((await ask(server.origin, 'GET', '/metrics')).text).to.match(
      /parchi_request_seconds_count\{interaction="read",status="2xx"\} \d/,
    )
    expect((await ask(server.origin, 'GET', '/nowhere')).status).to.equal(404)
  })
})

function bytes(
  origin: string,
  target: string,
  encoding: string,
): Promise<{ encoding: string | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(origin + target, { headers: { 'accept-encoding': encoding } }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.once('end', () =>
        resolve({ encoding: incoming.headers['content-encoding'], body: Buffer.concat(chunks) }),
      )
    })
    outgoing.once('error', reject).end()
  })
}
