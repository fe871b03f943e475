import { expect } from 'chai'
import { crash } from './crash.ts'
import { reads } from './reads.ts'

describe('A server that is killed', () => {
  it('keeps what it acknowledged and nothing half: node, PostgreSQL, both', async function () {
    this.timeout(600_000)
    const report = await crash('ci', ['node', 'postgres', 'both'])
    expect(report.faults).to.deep.equal([])
    expect(report.acknowledged).to.be.above(10)
    expect(report.whole).to.be.above(100)
  })

  it('has every read that was answered in the audit, once', async function () {
    this.timeout(600_000)
    const report = await reads('ci', ['both', 'postgres'])
    expect(report.faults.slice(0, 5)).to.deep.equal([])
    expect(report.answered).to.be.above(20)
    expect(report.left, 'which the next start took up').to.be.above(0)
  })
})
