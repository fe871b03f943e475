import { expect } from 'chai'
import type { Habits } from '../../fixtures/city/day/habits.ts'
import { hurtDay, summary } from '../soak/day.ts'

/** Each dialect once, and the houses whose whole file is at fault or whose messages come in another order. */
function few({ dialect, turn, facility }: Habits): boolean {
  if (facility.kind === 'medical college' || facility.kind === 'district hospital') return false
  if (dialect === 'csv-opd-register') return [9, 10, 11, 12, 16].includes(turn)
  if (dialect === 'hl7v2-his') return turn > 2 && turn < 7
  if (dialect === 'hl7v2-lab') return turn === 3
  return turn === 0
}

describe('A day in the city', () => {
  it('goes through a server that is killed: nothing lost, nothing twice, each record with its right outcome', async function () {
    this.timeout(900_000)
    const report = await hurtDay({ seed: 'ci', victims: ['node', 'both'], only: few, appointments: 2000 })
    expect(report.faults).to.deep.equal([])
    expect(summary(report)).to.deep.equal([])
    expect(report.facilities).to.be.at.least(20)
    expect(report.unanswered + report.again).to.be.above(0)
    expect(report.equal / report.fields).to.be.at.least(0.999)
    expect([...report.mess].filter(([, { count, right }]) => right < count)).to.deep.equal([])
  })
})
