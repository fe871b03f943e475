import { expect } from 'chai'
import { observation, patient } from './bundles.ts'
import { BASE, openDesk, type Ask } from './house.ts'

const withIdentifier = (value: string, more: object = {}) => ({
  resourceType: 'Patient',
  identifier: [{ system: 'urn:mrn', value }],
  ...more,
})

describe('conditional interactions', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  const count = async (value: string): Promise<number> =>
    (await ask(`GET Patient?identifier=urn:mrn|${value}&_total=accurate`)).json.total as number

  it('create: makes one when nothing matches, answers 200 with the match, 412 with several', async () => {
    const condition = { 'if-none-exist': 'identifier=urn:mrn|c1' }
    const first = await ask('POST Patient', withIdentifier('c1'), condition)
    expect(first.status).to.equal(201)
    const second = await ask('POST Patient', withIdentifier('c1', { active: true }), condition)
    expect([second.status, second.json.id, second.json.active]).to.deep.equal([200, first.json.id, undefined])
    await ask('POST Patient', withIdentifier('c1'))
    expect((await ask('POST Patient', withIdentifier('c1'), condition)).status).to.equal(412)
  })

  it('create: refuses criteria that are empty or not understood', async () => {
    expect((await ask('POST Patient', withIdentifier('c2'), { 'if-none-exist': '' })).status).to.equal(400)
    expect((await ask('POST Patient', withIdentifier('c2'), { 'if-none-exist': 'identifer=c2' })).status).to.equal(400)
    expect(await count('c2')).to.equal(0)
  })

  it('create: makes it anew after the match was deleted', async () => {
    const condition = { 'if-none-exist': 'identifier=urn:mrn|c3' }
    const { json } = await ask('POST Patient', withIdentifier('c3'), condition)
    await ask(`DELETE Patient/${json.id}`)
    expect((await ask('POST Patient', withIdentifier('c3'), condition)).status).to.equal(201)
  })

  it('create: sixteen at once make one', async () => {
    const condition = { 'if-none-exist': 'identifier=urn:mrn|c4' }
    const answers = await Promise.all(
      Array.from({ length: 16 }, () => ask('POST Patient', withIdentifier('c4'), condition)),
    )
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).to.deep.equal([
      ...Array<number>(15).fill(200),
      201,
    ])
    expect(new Set(answers.map((answer) => answer.json.id)).size).to.equal(1)
    expect(await count('c4')).to.equal(1)
  })

  it('create: finds by any search, not only by identifiers', async () => {
    const condition = { 'if-none-exist': 'family=Unikat&birthdate=1950-01-02' }
    const body = withIdentifier('c5', { name: [{ family: 'Unikat' }], birthDate: '1950-01-02' })
    expect((await ask('POST Patient', body, condition)).status).to.equal(201)
    expect((await ask('POST Patient', body, condition)).status).to.equal(200)
  })

  it('update: creates under a new or the given id, updates the match, refuses another id and several matches', async () => {
    const line = 'PUT Patient?identifier=urn:mrn|u1'
    const made = await ask(line, withIdentifier('u1'))
    expect(made.status).to.equal(201)
    const changed = await ask(line, withIdentifier('u1', { active: true }))
    expect([changed.status, changed.json.id, changed.json.meta.versionId]).to.deep.equal([200, made.json.id, '2'])
    expect((await ask(line, withIdentifier('u1', { id: 'other' }))).status).to.equal(400)
    expect((await ask('PUT Patient?identifier=urn:mrn|u2', withIdentifier('u2', { id: 'given' }))).json.id).to.equal(
      'given',
    )
    await ask('POST Patient', withIdentifier('u1'))
    expect((await ask(line, withIdentifier('u1'))).status).to.equal(412)
  })

  it('update: sixteen at once make one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        ask('PUT Patient?identifier=urn:mrn|u3', withIdentifier('u3', { multipleBirthInteger: i })),
      ),
    )
    expect(answers.filter((answer) => answer.status === 201)).to.have.length(1)
    expect(answers.filter((answer) => answer.status === 200)).to.have.length(15)
    expect(await count('u3')).to.equal(1)
  })

  it('delete: deletes the one match; several only up to a _count', async () => {
    await ask('POST Patient', withIdentifier('d1'))
    expect((await ask('DELETE Patient?identifier=urn:mrn|d1')).status).to.equal(204)
    expect(await count('d1')).to.equal(0)
    for (let i = 0; i < 3; i++) await ask('POST Patient', withIdentifier('d2'))
    expect((await ask('DELETE Patient?identifier=urn:mrn|d2')).status).to.equal(412)
    expect((await ask('DELETE Patient?identifier=urn:mrn|d2&_count=2')).status).to.equal(412)
    expect(await count('d2')).to.equal(3)
    expect((await ask('DELETE Patient?identifier=urn:mrn|d2&_count=3')).status).to.equal(204)
    expect(await count('d2')).to.equal(0)
  })

  it('delete: refuses to delete a whole type', async () => {
    expect((await ask('DELETE Patient')).status).to.equal(400)
  })

  it('patch: patches the one match, 404 without', async () => {
    await ask('POST Patient', withIdentifier('p1'))
    const operations = [{ op: 'add', path: '/active', value: true }]
    expect((await ask('PATCH Patient?identifier=urn:mrn|p1', operations)).json.active).to.equal(true)
    expect((await ask('PATCH Patient?identifier=urn:mrn|p2', operations)).status).to.equal(404)
  })

  it('take their criteria with or without the address of the search before them', async () => {
    const spellings = ['identifier=urn:t|spelt', '?identifier=urn:t|spelt', 'Patient?identifier=urn:t|spelt']
    const statuses: number[] = []
    for (const condition of [...spellings, `${BASE}/Patient?identifier=urn:t|spelt`]) {
      statuses.push((await ask('POST Patient', patient('spelt'), { 'if-none-exist': condition })).status)
    }
    expect(statuses).to.deep.equal([201, 200, 200, 200])
    for (const condition of ['Observation?identifier=urn:t|spelt', 'http://else/fhir/Patient?identifier=urn:t|spelt']) {
      const answer = await ask('POST Patient', patient('spelt'), { 'if-none-exist': condition })
      expect([answer.status, answer.json.issue[0].code]).to.deep.equal([400, 'invalid'])
    }
  })

  it('are not for references outside of transactions', async () => {
    const reference = { reference: 'Patient?identifier=urn:t|spelt' }
    for (const line of ['POST Observation', 'PUT Observation/conditional']) {
      const answer = await ask(line, {
        ...observation('x'),
        id: 'conditional',
        subject: reference,
        performer: [reference],
      })
      expect(answer.status).to.equal(422)
      expect(answer.json.issue.map((issue: { expression: string[] }) => issue.expression[0])).to.deep.equal([
        'Observation.subject.reference',
        'Observation.performer[0].reference',
      ])
    }
  })
})
