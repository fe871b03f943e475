import { expect } from 'chai'
import { observation, patient, transaction } from './bundles.ts'
import { openDesk, type Ask } from './house.ts'

describe('transactions', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  const at = (answer: { json: { entry: { response: { location: string } }[] } }, index: number): string =>
    answer.json.entry[index]?.response.location.replace(/\/_history.*/, '') ?? ''
  const found = async (value: string): Promise<number> =>
    (await ask(`GET Patient?identifier=urn:t|${value}&_total=accurate`)).json.total as number

  it('answers every entry in the order of the request, with status, location, etag and time', async () => {
    await ask('PUT Patient/t1', { resourceType: 'Patient', id: 't1' })
    await ask('PUT Patient/t2', { resourceType: 'Patient', id: 't2' })
    const answer = await ask(
      'POST ',
      transaction(
        { method: 'GET', url: 'Patient/t1' },
        { method: 'PUT', url: 'Patient/t1', resource: { resourceType: 'Patient', id: 't1', active: true } },
        { resource: patient('t3') },
        { method: 'DELETE', url: 'Patient/t2' },
      ),
    )
    expect(answer.status).to.equal(200)
    expect(answer.json.type).to.equal('transaction-response')
    expect(answer.json.entry.map((entry: { response: { status: string } }) => entry.response.status)).to.deep.equal([
      '200 OK',
      '200 OK',
      '201 Created',
      '204 No Content',
    ])
    expect(answer.json.entry[0].resource.active, 'reads see what the transaction wrote').to.equal(true)
    expect(answer.json.entry[1].response).to.include({ etag: 'W/"2"', location: 'Patient/t1/_history/2' })
    expect(answer.json.entry[2].response.lastModified).to.match(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect((await ask('GET Patient/t2')).status).to.equal(410)
  })

  it('rewrites references to fullUrls everywhere, also circular ones, and keeps fragments', async () => {
    const [a, b] = ['urn:uuid:aaaaaaaa-0000-4000-8000-000000000001', 'urn:uuid:aaaaaaaa-0000-4000-8000-000000000002']
    const text = {
      status: 'generated',
      div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${b}">b</a><img src='${b}' alt=""/> ${b}</div>`,
    }
    const extension = [
      { url: 'urn:x', valueUri: b },
      { url: 'urn:y', valueReference: { reference: `${b}#part` } },
    ]
    const contained = [
      {
        resourceType: 'Provenance',
        id: 'c',
        target: [{ reference: b }],
        recorded: '2020-01-01T00:00:00Z',
        agent: [{ who: { reference: '#' } }],
      },
    ]
    const answer = await ask(
      'POST ',
      transaction(
        {
          fullUrl: a,
          resource: patient('r1', { text, extension, contained, link: [{ other: { reference: b }, type: 'seealso' }] }),
        },
        {
          fullUrl: b,
          resource: {
            ...patient('r2'),
            identifier: [{ system: 'urn:ietf:rfc:3986', value: a }],
            link: [{ other: { reference: a }, type: 'seealso' }],
          },
        },
      ),
    )
    expect(answer.status, answer.text).to.equal(200)
    const [first, second] = [at(answer, 0), at(answer, 1)]
    const { json } = await ask(`GET ${first}`)
    expect(json.link[0].other.reference).to.equal(second)
    expect(json.extension[0].valueUri).to.equal(second)
    expect(json.extension[1].valueReference.reference).to.equal(`${second}#part`)
    expect(json.contained[0].target[0].reference).to.equal(second)
    expect(json.text.div).to.contain(`href="${second}"`).and.contain(`src='${second}'`).and.contain(`> ${b}<`)
    const other = (await ask(`GET ${second}`)).json
    expect(other.link[0].other.reference).to.equal(first)
    expect(other.identifier[0].value, 'an identifier is no reference').to.equal(a)
  })

  it('rewrites absolute fullUrls, and relative references below the same base', async () => {
    const base = 'https://elsewhere.example/fhir'
    const answer = await ask(
      'POST ',
      transaction(
        { fullUrl: `${base}/Patient/77`, resource: patient('abs') },
        { fullUrl: `${base}/Observation/1`, resource: observation('Patient/77') },
        { fullUrl: `${base}/Observation/2`, resource: observation(`${base}/Patient/77/_history/4`) },
        { fullUrl: `${base}/Observation/3`, resource: observation('Patient/78') },
      ),
    )
    const reference = async (index: number) => (await ask(`GET ${at(answer, index)}`)).json.subject.reference as string
    expect(await reference(1)).to.equal(at(answer, 0))
    expect(await reference(2)).to.equal(`${at(answer, 0)}/_history/1`)
    expect(await reference(3)).to.equal('Patient/78')
  })

  it('resolves conditional references, also to what the same bundle creates', async () => {
    const existing = await ask('POST Patient', patient('cond1'))
    const answer = await ask(
      'POST ',
      transaction(
        { resource: observation('Patient?identifier=urn:t|cond1') },
        { resource: observation('Patient?identifier=urn:t|cond2') },
        { resource: patient('cond2'), ifNoneExist: 'identifier=urn:t|cond2' },
      ),
    )
    expect(answer.status, answer.text).to.equal(200)
    expect((await ask(`GET ${at(answer, 0)}`)).json.subject.reference).to.equal(`Patient/${existing.json.id}`)
    expect((await ask(`GET ${at(answer, 1)}`)).json.subject.reference).to.equal(at(answer, 2))
  })

  it('refuses a conditional reference with no or several matches, and names its entry', async () => {
    await ask('POST Patient', patient('many'))
    await ask('POST Patient', patient('many'))
    for (const [value, status] of [
      ['none', 422],
      ['many', 412],
    ] as const) {
      const answer = await ask(
        'POST ',
        transaction(
          { resource: patient(`not-${value}`) },
          {
            fullUrl: 'urn:uuid:bbbbbbbb-0000-4000-8000-000000000001',
            resource: observation(`Patient?identifier=urn:t|${value}`),
          },
        ),
      )
      expect(answer.status).to.equal(status)
      expect(answer.json.issue[0].expression).to.deep.equal(['Bundle.entry[1].resource'])
      expect(answer.json.issue[0].details.text).to.contain('urn:uuid:bbbbbbbb')
      expect(await found(`not-${value}`)).to.equal(0)
    }
  })

  it('refuses a urn that no entry has', async () => {
    const answer = await ask(
      'POST ',
      transaction({ resource: observation('urn:uuid:cccccccc-0000-4000-8000-000000000001') }),
    )
    expect(answer.status).to.equal(422)
    expect(answer.json.issue[0].expression).to.deep.equal(['Bundle.entry[0].resource'])
  })

  it('tells every fault of every entry at once, by index and fullUrl, and writes nothing', async () => {
    const fullUrl = 'urn:uuid:dddddddd-0000-4000-8000-000000000001'
    const answer = await ask(
      'POST ',
      transaction(
        { resource: patient('whole') },
        { fullUrl, resource: patient('whole', { gender: 'x' }) },
        { resource: observation('Patient/1', { status: 'odd', wrong: 1 }) },
      ),
    )
    expect(answer.status).to.equal(422)
    const issues = answer.json.issue as { expression: string[]; details: { text: string } }[]
    expect(issues.map((issue) => issue.expression[0])).to.include.members([
      'Bundle.entry[1].resource.gender',
      'Bundle.entry[2].resource.status',
      'Bundle.entry[2].resource.wrong',
    ])
    expect(issues.find((issue) => issue.expression[0]?.includes('entry[1]'))?.details.text).to.contain(fullUrl)
    expect(await found('whole')).to.equal(0)
  })

  it('is all or nothing when the last entry fails in the database', async () => {
    await ask('PUT Patient/aon', { resourceType: 'Patient', id: 'aon' })
    const answer = await ask(
      'POST ',
      transaction(
        { resource: patient('aon1') },
        { method: 'DELETE', url: 'Patient/aon' },
        { method: 'PUT', url: 'Patient/t1', ifMatch: 'W/"99"', resource: { resourceType: 'Patient', id: 't1' } },
      ),
    )
    expect(answer.status).to.equal(412)
    expect(answer.json.issue[0].expression).to.deep.equal(['Bundle.entry[2].request'])
    expect(await found('aon1')).to.equal(0)
    expect((await ask('GET Patient/aon')).status).to.equal(200)
  })

  it('does deletes before creates, and creates before updates', async () => {
    const old = await ask('POST Patient', patient('order'))
    const answer = await ask(
      'POST ',
      transaction(
        { resource: patient('order'), ifNoneExist: 'identifier=urn:t|order' },
        { method: 'DELETE', url: `Patient/${old.json.id}` },
      ),
    )
    expect(answer.json.entry[0].response.status).to.equal('201 Created')
    expect(await found('order')).to.equal(1)
  })

  it('refuses two entries that write the same resource', async () => {
    const put = { method: 'PUT', url: 'Patient/twice', resource: { resourceType: 'Patient', id: 'twice' } }
    const answer = await ask('POST ', transaction(put, { method: 'DELETE', url: 'Patient/twice' }))
    expect(answer.status).to.equal(400)
    expect(answer.json.issue[0].details.text).to.match(/Entries \d and \d write the same resource/)
  })

  it('does conditional updates, deletes and patches inside', async () => {
    await ask('POST Patient', patient('cu'))
    await ask('POST Patient', patient('cd'))
    await ask('POST Patient', patient('cp'))
    const operations = Buffer.from(JSON.stringify([{ op: 'add', path: '/active', value: true }])).toString('base64')
    const answer = await ask(
      'POST ',
      transaction(
        { method: 'PUT', url: 'Patient?identifier=urn:t|cu', resource: patient('cu', { active: false }) },
        { method: 'PUT', url: 'Patient?identifier=urn:t|cu2', resource: patient('cu2') },
        { method: 'DELETE', url: 'Patient?identifier=urn:t|cd' },
        { method: 'DELETE', url: 'Patient?identifier=urn:t|nobody' },
        {
          method: 'PATCH',
          url: 'Patient?identifier=urn:t|cp',
          resource: { resourceType: 'Binary', contentType: 'application/json-patch+json', data: operations },
        },
      ),
    )
    expect(answer.status, answer.text).to.equal(200)
    const states = answer.json.entry.map((entry: { response: { status: string; etag?: string } }) => [
      entry.response.status.slice(0, 3),
      entry.response.etag,
    ])
    expect(states).to.deep.equal([
      ['200', 'W/"2"'],
      ['201', 'W/"1"'],
      ['204', 'W/"2"'],
      ['204', undefined],
      ['200', 'W/"2"'],
    ])
    expect((await ask(`GET ${at(answer, 4)}`)).json.active).to.equal(true)
  })

  it('answers one resource for two entries that share their condition', async () => {
    const answer = await ask(
      'POST ',
      transaction(
        { resource: patient('twin'), ifNoneExist: 'identifier=urn:t|twin' },
        { resource: patient('twin'), ifNoneExist: 'identifier=urn:t|twin' },
      ),
    )
    expect(at(answer, 0)).to.equal(at(answer, 1))
    expect(answer.json.entry.map((entry: { response: { status: string } }) => entry.response.status)).to.deep.equal([
      '201 Created',
      '200 OK',
    ])
    expect(await found('twin')).to.equal(1)
  })

  it('answers the resources when they are preferred, and the same version when nothing changed', async () => {
    const put = { method: 'PUT', url: 'Patient/same', resource: { resourceType: 'Patient', id: 'same' } }
    await ask('POST ', transaction(put))
    const answer = await ask('POST ', transaction(put, { resource: patient('rep') }), {
      prefer: 'return=representation',
    })
    expect(answer.json.entry[0].response).to.include({ status: '200 OK', etag: 'W/"1"' })
    expect(answer.json.entry[1].resource.identifier[0].value).to.equal('rep')
  })

  it('refuses entries without request, with strange methods and with addresses of other servers', async () => {
    for (const entry of [
      {},
      { request: { method: 'SING', url: 'Patient' } },
      { request: { method: 'GET', url: 'https://x.example/Patient/1' } },
      null,
      { request: { method: 'POST', url: 'Patient' } },
    ]) {
      const answer = await ask('POST ', { resourceType: 'Bundle', type: 'transaction', entry: [entry] })
      expect(answer.status).to.equal(400)
      expect(answer.json.issue[0].expression[0]).to.match(/^Bundle\.entry\[0\]/)
    }
    expect((await ask('POST ', { resourceType: 'Bundle', type: 'collection' })).status).to.equal(400)
  })
})
