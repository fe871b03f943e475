import { expect } from 'chai'
import { bundle, patient, transaction } from './bundles.ts'
import { openDesk, type Ask } from './house.ts'

describe('bundles that do not fit into one statement', () => {
  let ask: Ask
  let close: () => Promise<void>

  before(async () => {
    const desk = await openDesk()
    ask = desk.ask
    close = desk.drop
  })
  after(() => close())

  const large = 'x'.repeat(700_000)
  const found = async (value: string): Promise<number> =>
    (await ask(`GET Patient?identifier=urn:t|${value}&_total=accurate`)).json.total as number

  it('are created whole, each resource once', async () => {
    const items = Array.from({ length: 8 }, (_, i) => ({
      resource: patient(i < 2 ? 'twice' : `l${i}`, { name: [{ text: large }] }),
    }))
    const answer = await ask('POST ', bundle('transaction', items))
    expect(answer.status).to.equal(200)
    expect(answer.json.entry).to.have.length(8)
    expect(await found('twice')).to.equal(2)
    for (let i = 2; i < 8; i++) expect(await found(`l${i}`)).to.equal(1)
  })

  it('leave nothing behind when the last of their entries is refused by the database', async () => {
    await ask('PUT Patient/large', { ...patient('here'), id: 'large' })
    const items = Array.from({ length: 6 }, () => ({ resource: patient('gone', { name: [{ text: large }] }) }))
    const stale = {
      method: 'PUT',
      url: 'Patient/large',
      ifMatch: 'W/"7"',
      resource: { ...patient('gone'), id: 'large' },
    }
    expect((await ask('POST ', transaction(...items, stale))).status).to.equal(412)
    expect(await found('gone')).to.equal(0)
  })

  it('are not answered without end: what the entries before have filled is refused', async () => {
    const data = Buffer.alloc(5_000_000, 'A').toString('base64')
    await ask('PUT Binary/heavy', { resourceType: 'Binary', id: 'heavy', contentType: 'text/plain', data })
    const reads = Array.from({ length: 14 }, () => ({ method: 'GET', url: 'Binary/heavy' }))
    const { status, json } = await ask('POST ', bundle('batch', reads))
    const statuses = (json.entry as { response: { status: string } }[]).map(({ response }) => response.status.slice(0, 3)) // prettier-ignore
    expect(status).to.equal(200)
    expect(statuses.slice(0, 10)).to.deep.equal(Array(10).fill('200'))
    expect(statuses.at(-1)).to.equal('400')
    const whole = await ask('POST ', transaction(...reads))
    expect([whole.status, whole.json.issue[0].code]).to.deep.equal([400, 'too-costly'])
  })

  it('have their tags added and taken away by the thousand', async function () {
    this.timeout(60_000) // each held against each other it takes minutes
    const tags = (from: number) => Array.from({ length: 20_000 }, (_, i) => ({ system: 'urn:t', code: `c${from + i}` }))
    const given = (tag: object[]) => ({ resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: { tag } }] })
    await ask('PUT Patient/tagged', { ...patient('tagged'), id: 'tagged', meta: { tag: tags(0) } })
    const added = await ask('POST Patient/tagged/$meta-add', given(tags(10_000)))
    expect(added.json.parameter[0].valueMeta.tag).to.have.length(30_000)
    const left = await ask('POST Patient/tagged/$meta-delete', given(tags(5_000)))
    expect(left.json.parameter[0].valueMeta.tag).to.have.length(10_000)
  })
})
