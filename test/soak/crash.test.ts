import { expect } from 'chai'
import { crash } from './crash.ts'

describe('A server that is killed', () => {
  it('keeps what it acknowledged and nothing half: node, PostgreSQL, both', async function () {
    this.timeout(120_000)
    const report = await crash('ci', ['node', 'postgres', 'both'])
    expect(report.faults).to.deep.equal([])
    expect(report.acknowledged).to.be.above(10)
    expect(report.whole).to.be.above(100)
  })
})
