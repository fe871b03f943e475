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
})
