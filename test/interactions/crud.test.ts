import { expect } from 'chai'
import { openDesk, type Ask } from './house.ts'

const patient = (id?: string, more: object = {}) => ({ resourceType: 'Patient', ...(id && { id }), ...more })

describe('interactions on one resource', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  describe('create', () => {
    it('answers 201 with Location, ETag, Last-Modified and the resource under an id of its own', async () => {
      const answer = await ask('POST Patient', patient('mine', { active: true }))
      expect(answer.status).to.equal(201)
      expect(answer.json.id).to.not.equal('mine')
      expect(answer.json.meta.versionId).to.equal('1')
      expect(answer.headers['etag']).to.equal('W/"1"')
      expect(answer.headers['location']).to.match(new RegExp(`/fhir/Patient/${answer.json.id}/_history/1$`))
      expect(Date.parse(answer.headers['last-modified'] ?? '')).to.be.closeTo(Date.now(), 60_000)
      expect((await ask(`GET Patient/${answer.json.id}`)).text).to.equal(answer.text)
    })

    it('answers nothing or an OperationOutcome when Prefer says so', async () => {
      const minimal = await ask('POST Patient', patient(), { prefer: 'return=minimal' })
      expect([minimal.status, minimal.text]).to.deep.equal([201, ''])
      const outcome = await ask('POST Patient', patient(), { prefer: 'return=OperationOutcome' })
      expect(outcome.json.resourceType).to.equal('OperationOutcome')
    })

    it('ignores versionId and lastUpdated of the sender, and keeps the rest of meta', async () => {
      const meta = { versionId: '7', lastUpdated: '2001-01-01T00:00:00Z', tag: [{ code: 'a' }], source: 'urn:x' }
      const { json } = await ask('POST Patient', patient(undefined, { meta }))
      expect(json.meta).to.include({ versionId: '1', source: 'urn:x' })
      expect(json.meta.lastUpdated).to.not.equal(meta.lastUpdated)
      expect(json.meta.tag).to.deep.equal([{ code: 'a' }])
    })

    it('keeps the digits of every decimal', async () => {
      const value = (digits: string) => `{"url":"urn:d","valueDecimal":${digits}}`
      const digits = ['1.10', '0.0', '1e2', '-0.0', '12345678901234567890.12345', '1.0E-7', '100']
      const { json } = await ask(
        'POST Patient',
        `{"resourceType":"Patient","extension":[${digits.map(value).join(',')}]}`,
      )
      const { text } = await ask(`GET Patient/${json.id}`)
      expect([...text.matchAll(/"valueDecimal":([^}]*)\}/g)].map((match) => match[1])).to.deep.equal(digits)
    })

    it('refuses another type than the address says, with 400', async () => {
      expect((await ask('POST Patient', { resourceType: 'Observation' })).status).to.equal(400)
    })

    it('tells all faults at once, with their paths, and stores nothing', async () => {
      const answer = await ask('POST Patient', patient('bad', { gender: 'x', birthDate: 'tomorrow', wrong: 1 }))
      expect(answer.status).to.equal(422)
      const paths = answer.json.issue.map((issue: { expression: string[] }) => issue.expression[0])
      expect(paths).to.include.members(['Patient.gender', 'Patient.birthDate', 'Patient.wrong'])
    })

    it('names line and column of broken JSON, but not its content', async () => {
      const answer = await ask('POST Patient', '{"resourceType": "Patient",\n "secret" 1}')
      expect(answer.status).to.equal(400)
      expect(answer.text)
        .to.match(/line 2, column 2/)
        .and.not.match(/secret/)
    })

    it('refuses 200 levels of nesting, NUL characters and half surrogate pairs', async () => {
      const deep = `${'{"extension":['.repeat(100)}${']}'.repeat(100)}`
      for (const bad of [
        deep,
        '{"resourceType":"Patient","id":"\\u0000"}',
        '{"resourceType":"Patient","language":"\\ud800"}',
      ]) {
        expect((await ask('POST Patient', bad)).status).to.equal(400)
      }
    })

    it('is not impressed by members named like a prototype’s', async () => {
      const answer = await ask('POST Patient', '{"resourceType":"Patient","__proto__":{"active":true},"constructor":1}')
      expect(answer.status).to.equal(422)
    })
  })

  describe('update', () => {
    it('creates under the client’s id with 201, then updates with 200', async () => {
      expect((await ask('PUT Patient/u1', patient('u1'))).status).to.equal(201)
      const answer = await ask('PUT Patient/u1', patient('u1', { active: true }))
      expect([answer.status, answer.headers['etag']]).to.deep.equal([200, 'W/"2"'])
    })

    it('makes no version when nothing changes, whatever the order of members', async () => {
      await ask(
        'PUT Patient/u2',
        '{"resourceType":"Patient","id":"u2","active":true,"gender":"male","multipleBirthInteger":2}',
      )
      const answer = await ask(
        'PUT Patient/u2',
        '{"multipleBirthInteger":2,"gender":"male","id":"u2","active":true,"resourceType":"Patient"}',
      )
      expect([answer.status, answer.headers['etag']]).to.deep.equal([200, 'W/"1"'])
      expect((await ask('GET Patient/u2/_history')).json.entry).to.have.length(1)
    })

    it('takes other digits for a change', async () => {
      const body = (digits: string) =>
        `{"resourceType":"Patient","id":"u3","extension":[{"url":"urn:d","valueDecimal":${digits}}]}`
      await ask('PUT Patient/u3', body('1.0'))
      expect((await ask('PUT Patient/u3', body('1.00'))).headers['etag']).to.equal('W/"2"')
      expect((await ask('PUT Patient/u3', body('1.00'))).headers['etag']).to.equal('W/"2"')
    })

    it('refuses a body without the id of the address, with 400', async () => {
      expect((await ask('PUT Patient/u4', patient())).status).to.equal(400)
      expect((await ask('PUT Patient/u4', patient('u5'))).status).to.equal(400)
    })

    it('answers 412 to an If-Match of another version, 200 to the current one', async () => {
      await ask('PUT Patient/u6', patient('u6'))
      const stale = await ask('PUT Patient/u6', patient('u6', { active: true }), { 'if-match': 'W/"3"' })
      expect(stale.status).to.equal(412)
      const fresh = await ask('PUT Patient/u6', patient('u6', { active: true }), { 'if-match': 'W/"1"' })
      expect(fresh.status).to.equal(200)
      expect((await ask('PUT Patient/u7', patient('u7'), { 'if-match': 'W/"1"' })).status).to.equal(412)
    })

    it('answers 412 to If-None-Match: * when the resource exists', async () => {
      expect((await ask('PUT Patient/u8', patient('u8'), { 'if-none-match': '*' })).status).to.equal(201)
      expect((await ask('PUT Patient/u8', patient('u8', { active: true }), { 'if-none-match': '*' })).status).to.equal(
        412,
      )
    })

    it('goes on counting versions when a deleted resource comes back', async () => {
      await ask('PUT Patient/u9', patient('u9'))
      await ask('DELETE Patient/u9')
      const answer = await ask('PUT Patient/u9', patient('u9'))
      expect([answer.status, answer.headers['etag']]).to.deep.equal([201, 'W/"3"'])
    })
  })

  describe('read', () => {
    it('answers 404 for what never was and 410 for what was deleted', async () => {
      expect((await ask('GET Patient/nobody')).status).to.equal(404)
      await ask('PUT Patient/r1', patient('r1'))
      await ask('DELETE Patient/r1')
      expect((await ask('GET Patient/r1')).status).to.equal(410)
    })

    it('answers 304 to a current ETag and to a date not before the last change', async () => {
      const { headers } = await ask('PUT Patient/r2', patient('r2'))
      expect((await ask('GET Patient/r2', undefined, { 'if-none-match': 'W/"1"' })).status).to.equal(304)
      expect((await ask('GET Patient/r2', undefined, { 'if-none-match': 'W/"2"' })).status).to.equal(200)
      const since = headers['last-modified'] ?? ''
      expect((await ask('GET Patient/r2', undefined, { 'if-modified-since': since })).status).to.equal(304)
      const before = 'Thu, 01 Jan 2026 00:00:00 GMT'
      expect((await ask('GET Patient/r2', undefined, { 'if-modified-since': before })).status).to.equal(200)
    })

    it('reads each version, and answers 410 for the one that is the deletion', async () => {
      await ask('PUT Patient/r3', patient('r3', { active: false }))
      await ask('PUT Patient/r3', patient('r3', { active: true }))
      await ask('DELETE Patient/r3')
      expect((await ask('GET Patient/r3/_history/1')).json.active).to.equal(false)
      expect((await ask('GET Patient/r3/_history/2')).json.active).to.equal(true)
      expect((await ask('GET Patient/r3/_history/3')).status).to.equal(410)
      expect((await ask('GET Patient/r3/_history/4')).status).to.equal(404)
      expect((await ask('GET Patient/r3/_history/x')).status).to.equal(404)
    })

    it('cuts a resource down to its summary or to elements, and says so in a tag', async () => {
      const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }
      const photo = [{ contentType: 'image/png' }]
      await ask('PUT Patient/r4', patient('r4', { text, photo, active: true, gender: 'male', birthDate: '2001-02-03' }))
      const members = async (query: string) => Object.keys((await ask(`GET Patient/r4?${query}`)).json).toSorted()
      expect(await members('_summary=true')).to.deep.equal([
        'active',
        'birthDate',
        'gender',
        'id',
        'meta',
        'resourceType',
      ])
      expect(await members('_summary=text')).to.deep.equal(['id', 'meta', 'resourceType', 'text'])
      expect(await members('_summary=data')).to.not.include('text')
      expect(await members('_elements=gender,photo')).to.deep.equal(['gender', 'id', 'meta', 'photo', 'resourceType'])
      expect((await ask('GET Patient/r4?_elements=gender')).json.meta.tag[0].code).to.equal('SUBSETTED')
      expect((await ask('GET Patient/r4?_summary=most')).status).to.equal(400)
    })
  })

  describe('delete', () => {
    it('answers 204 each time, and an OperationOutcome when preferred', async () => {
      await ask('PUT Patient/d1', patient('d1'))
      expect((await ask('DELETE Patient/d1')).status).to.equal(204)
      expect((await ask('DELETE Patient/d1')).status).to.equal(204)
      expect((await ask('DELETE Patient/never')).status).to.equal(204)
      const answer = await ask('DELETE Patient/d1', undefined, { prefer: 'return=OperationOutcome' })
      expect([answer.status, answer.json.resourceType]).to.deep.equal([200, 'OperationOutcome'])
    })

    it('keeps to If-Match', async () => {
      await ask('PUT Patient/d2', patient('d2'))
      expect((await ask('DELETE Patient/d2', undefined, { 'if-match': 'W/"9"' })).status).to.equal(412)
      expect((await ask('DELETE Patient/d2', undefined, { 'if-match': 'W/"1"' })).status).to.equal(204)
    })
  })

  describe('Binary', () => {
    it('takes content in its own type, and gives it back byte by byte', async () => {
      const bytes = Buffer.from([0, 1, 2, 255, 254])
      const created = await ask('POST Binary', bytes)
      expect(created.status).to.equal(201)
      const id = created.json.id as string
      const raw = await ask(`GET Binary/${id}`)
      expect(raw.headers['content-type']).to.equal('image/png')
      const resource = await ask(`GET Binary/${id}`, undefined, { accept: 'application/fhir+json' })
      expect(resource.json).to.include({ resourceType: 'Binary', contentType: 'image/png' })
      expect(Buffer.from(resource.json.data, 'base64').equals(bytes)).to.equal(true)
    })
  })

  it('answers 404 for a type that R4 does not have, and 405 for a method that an address does not take', async () => {
    expect((await ask('GET Patience/1')).status).to.equal(404)
    expect((await ask('POST Patient/1', patient('1'))).status).to.equal(405)
    expect((await ask('GET Patient/not_an_id!')).status).to.equal(404)
  })
})
