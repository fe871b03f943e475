import { expect } from 'chai'
import { gzipSync } from 'node:zlib'
import { ask, say, type Answer } from './ask.ts'
import { startServer, type TestServer } from './server.ts'

const fhir = { 'content-type': 'application/fhir+json' }

describe('the door, asked badly', () => {
  let server: TestServer
  before(async () => (server = await startServer({ env: { BODY_LIMIT: '2mb' } })))
  after(() => server.stop())

  const post = (body: string | Buffer, target = '/fhir/Patient', headers: Record<string, string> = fhir) =>
    ask(server.origin, 'POST', target, { headers, body })
  const get = (target: string, headers: Record<string, string> = {}) => ask(server.origin, 'GET', target, { headers })

  const bodies: Record<string, string | Buffer> = {
    'an empty body': '',
    'malformed JSON': '{"resourceType":"Patient",',
    'a bare number': '12',
    null: 'null',
    'an array': '[]',
    'a string': '"Patient"',
    '200 levels of nesting': `${'{"extension":['.repeat(200)}${']}'.repeat(200)}`,
    '100,000 levels of nesting': '['.repeat(100_000),
    'a NUL character in a string': '{"resourceType":"Patient","name":[{"family":"a\\u0000b"}]}',
    'a raw NUL byte': '{"resourceType":"Patient","id":"\0"}',
    'a lone surrogate': '{"resourceType":"Patient","name":[{"family":"\\ud800"}]}',
    'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]),
    'a key named __proto__': '{"resourceType":"Patient","__proto__":{"admin":true}}',
    'a key named constructor': '{"resourceType":"Patient","constructor":{"prototype":{"x":1}}}',
    'a type named like the prototype': '{"resourceType":"__proto__"}',
    'a resourceType of another kind': '{"resourceType":["Patient"]}',
    'another type than the address': '{"resourceType":"Observation"}',
    'an absurd date': '{"resourceType":"Patient","birthDate":"99999-99-99"}',
    'an absurd number': '{"resourceType":"Patient","multipleBirthInteger":1e400}',
    'a body above the limit': `{"resourceType":"Patient","language":"${'x'.repeat(3_000_000)}"}`,
  }
  for (const [what, body] of Object.entries(bodies)) {
    it(`refuses ${what} with an OperationOutcome`, async () => refused(await post(body)))
  }

  it('refuses a 100 MB body with 413, and lets the client read that', async function () {
    const answer = await post(Buffer.alloc(100 * 1024 * 1024, 0x20))
    refused(answer, 413)
  })

  it('refuses a small body that unpacks to a great one with 413', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20))
    refused(await post(bomb, '/fhir/Patient', { ...fhir, 'content-encoding': 'gzip' }), 413)
  })

  it('refuses a body that is not packed as it says, or in a way nobody knows', async () => {
    refused(await post('{}', '/fhir/Patient', { ...fhir, 'content-encoding': 'gzip' }), 400)
    refused(await post('{}', '/fhir/Patient', { ...fhir, 'content-encoding': 'constructor' }), 415)
  })

  it('takes a packed body', async () => {
    const body = gzipSync('{"resourceType":"Patient","active":true}')
    expect((await post(body, '/fhir/Patient', { ...fhir, 'content-encoding': 'gzip' })).status).to.equal(201)
  })

  it('refuses content types, charsets and FHIR versions that are not ours with 415', async () => {
    const types = [
      'application/xml',
      'text/plain',
      'application/fhir+json; charset=utf-16',
      'application/fhir+json; fhirVersion=5.0',
      ';;;',
      'constructor',
    ]
    for (const type of types)
      refused(await post('{"resourceType":"Patient"}', '/fhir/Patient', { 'content-type': type }), 415)
    refused(await ask(server.origin, 'POST', '/fhir/Patient', { body: '{}' }), 415)
  })

  it('refuses formats it cannot write with 406', async () => {
    refused(await get('/fhir/metadata?_format=xml'), 406)
    refused(await get('/fhir/metadata?_format=__proto__'), 406)
    refused(await get('/fhir/metadata', { accept: 'application/fhir+xml' }), 406)
    refused(await get('/fhir/metadata', { accept: 'application/fhir+json; fhirVersion=3.0' }), 406)
    for (const accept of ['application/fhir+json', 'text/html, */*;q=0.1', 'application/json;fhirVersion=4.0', '']) {
      expect((await get('/fhir/metadata', { accept })).status, accept).to.equal(200)
    }
    expect((await get('/fhir/metadata?_format=application/fhir+json')).status).to.equal(200)
  })

  const addresses = [
    '/fhir/Patient/%',
    '/fhir/Patient/%ff%fe',
    '/fhir/Patient/%00',
    '/fhir/Patient?name=%E0%A4%A',
    '/fhir/Patient?name=%00',
    '/fhir/Patient?__proto__=1',
    '/fhir/Patient?constructor=1',
    '/fhir/Patient?toString.valueOf=1',
    '/fhir/Patient?_count=-1',
    '/fhir/Patient?_count=1e99',
    '/fhir/Patient?_count=%F0%9F%98%80',
    '/fhir/Patient?birthdate=yesterday',
    '/fhir/Patient?_sort=__proto__',
    '/fhir/Patient?_page=x',
    '/fhir/Patient?_page=__proto__',
    '/fhir/Patient?_include=::::',
    '/fhir/Patient?_has:::=1',
    `/fhir/Observation?${'subject.link.'.repeat(400)}name=x`,
    '/fhir/__proto__',
    '/fhir/constructor/1',
    '/fhir/Pation/1',
    '/fhir/Patient/../../etc/passwd',
    `/fhir/Patient/${'x'.repeat(65)}`,
    '/fhir/Patient/a/b/c/d/e/f',
    '/fhir/Patient/1/_history/x%20y',
    '/fhir/$nothing',
    '/fhir/Patient/1/$everything?_since=long+ago',
    '/fhir/Patient/$everything?_page=x',
    '/fhir/Patient/$everything?_type=__proto__',
    '/fhir/Patient/$everything?constructor=1',
  ]
  for (const address of addresses) {
    it(`refuses GET ${address.slice(0, 60)} with an OperationOutcome`, async () => refused(await get(address)))
  }

  it('refuses methods it does not know with 405 and the ones it does', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'LINK']) {
      const answer = await ask(server.origin, method, '/fhir/Patient')
      refused(answer, 405)
      expect(answer.headers.allow).to.contain('GET')
    }
    const answer = await ask(server.origin, 'DELETE', '/fhir/metadata')
    refused(answer, 405)
    expect(answer.headers.allow).to.equal('GET, HEAD')
  })

  it('answers what is not HTTP with an OperationOutcome too', async () => {
    for (const nonsense of [
      'nonsense\r\n\r\n',
      'GET /fhir/Patient HTTP/1.1\r\nHost: x\r\nBad(Header: y\r\n\r\n',
      'POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n',
    ]) {
      const heard = await say(server.origin, nonsense)
      expect(heard)
        .to.match(/^HTTP\/1\.1 400 /)
        .and.to.contain('"resourceType":"OperationOutcome"')
    }
    const long = await say(server.origin, `GET /fhir/Patient?name=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(long)
      .to.match(/^HTTP\/1\.1 431 /)
      .and.to.contain('OperationOutcome')
  })

  it('ignores headers that make no sense', async () => {
    const headers = {
      prefer: 'return=__proto__; handling=',
      'x-request-id': 'a b<script>',
      'accept-encoding': 'gzip;q=banana, constructor',
      'if-modified-since': 'never',
      'accept-language': '\u00ff',
      range: 'bytes=0-',
    }
    const answer = await get('/fhir/metadata', headers)
    expect(answer.status).to.equal(200)
    expect(answer.headers['x-request-id']).to.match(/^\w+-\w+$/)
  })

  it('is whole after all this', async () => {
    expect((await post('{"resourceType":"Patient","active":true}')).status).to.equal(201)
    expect((await get('/readyz')).status).to.equal(200)
    expect(({} as { admin?: unknown }).admin).to.equal(undefined)
    expect(server.logged()).not.to.contain('a request failed')
  })
})

/** A 4xx that is an OperationOutcome with a reason in words. */
function refused(answer: Answer, status?: number): void {
  expect(answer.status, answer.text.slice(0, 300)).to.be.within(400, 499)
  if (status !== undefined) expect(answer.status).to.equal(status)
  expect(answer.headers['content-type']).to.equal('application/fhir+json; charset=utf-8')
  expect(answer.json).to.have.property('resourceType', 'OperationOutcome')
  expect(answer.json).to.have.nested.property('issue[0].details.text').that.matches(/\w/)
}
