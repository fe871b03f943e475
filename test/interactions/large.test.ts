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
})
