import { expect } from 'chai'
import { bundle, patient } from './bundles.ts'
import { openDesk, type Ask } from './house.ts'

describe('batches', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  const found = async (value: string): Promise<number> =>
    (await ask(`GET Patient?identifier=urn:t|${value}&_total=accurate`)).json.total as number

  it('treats each entry by itself: one bad entry is only its own misfortune', async () => {
    const answer = await ask(
      'POST ',
      bundle('batch', [
        { resource: patient('b1') },
        { resource: patient('b2', { gender: 'x' }) },
        { method: 'GET', url: 'Patient/nobody' },
        { method: 'GET', url: 'Patient?identifier=urn:t|b0' },
        { method: 'DELETE', url: 'Patient/whoever' },
        { method: 'POST', url: '', resource: { resourceType: 'Bundle', type: 'batch' } },
      ]),
    )
    expect(answer.status).to.equal(200)
    expect(answer.json.type).to.equal('batch-response')
    const statuses = answer.json.entry.map((entry: { response: { status: string } }) =>
      entry.response.status.slice(0, 3),
    )
    expect(statuses).to.deep.equal(['201', '422', '404', '200', '204', '400'])
    expect(answer.json.entry[1].response.outcome.issue[0].expression[0]).to.match(/gender/)
    expect(answer.json.entry[3].resource.type).to.equal('searchset')
    expect(await found('b1')).to.equal(1)
  })

  it('sends plain writes to the database together, and nobody notices', async () => {
    const first = { ...patient('g0'), id: 'grouped' }
    await ask('PUT Patient/grouped', first)
    const items = [
      ...Array.from({ length: 120 }, (_, i) => ({ resource: patient(`g${i}`), ifNoneExist: `identifier=urn:t|g${i}` })),
      { method: 'PUT', url: 'Patient/grouped', resource: { ...first, gender: 'other' } },
      { method: 'PUT', url: 'Patient/stale', ifMatch: 'W/"9"', resource: { ...patient('stale'), id: 'stale' } },
      { resource: patient('plain') },
      { resource: { ...patient('byCriteria'), managingOrganization: { reference: 'Organization?name=x' } } },
    ]
    const answer = await ask('POST ', bundle('batch', items))
    const statuses = answer.json.entry.map((entry: { response: { status: string } }) => entry.response.status)
    const rest = ['200 OK', '412 Precondition Failed', '201 Created', '422 Unprocessable Entity']
    expect(statuses).to.deep.equal(['200 OK', ...Array.from({ length: 119 }, () => '201 Created'), ...rest])
    for (const value of ['g0', 'g1', 'g119', 'plain']) expect(await found(value), value).to.equal(1)
    for (const value of ['stale', 'byCriteria']) expect(await found(value), value).to.equal(0)
    expect((await ask('GET Patient/grouped')).json.gender).to.equal('other')
    const again = await ask('POST ', bundle('batch', items.slice(0, 120)))
    expect(
      new Set(again.json.entry.map((entry: { response: { status: string } }) => entry.response.status)),
    ).to.have.all.keys('200 OK')
  })

  it('writes the same resource twice if it is sent twice, one after the other', async () => {
    const twice = [1, 2].map((n) => ({
      method: 'PUT',
      url: 'Patient/twice',
      resource: { ...patient('twice'), id: 'twice', multipleBirthInteger: n },
    }))
    const answer = await ask('POST ', bundle('batch', twice))
    const statuses = answer.json.entry.map((entry: { response: { status: string } }) => entry.response.status)
    expect(statuses.toSorted()).to.deep.equal(['200 OK', '201 Created'])
    expect((await ask('GET Patient/twice')).json.meta.versionId).to.equal('2')
  })

  it('tells when each version was written to the millisecond, and returns what is preferred', async () => {
    const items = [{ resource: patient('ms') }, { resource: patient('ms2') }, { method: 'GET', url: 'Patient/grouped' }]
    const answer = await ask('POST ', bundle('batch', items), { prefer: 'return=representation' })
    const [one, , read] = answer.json.entry
    expect(one.resource.identifier[0].value).to.equal('ms')
    for (const entry of [one, read]) expect(entry.response.lastModified).to.equal(entry.resource.meta.lastUpdated)
  })
})
