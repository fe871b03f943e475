import { expect } from 'chai'
import { both, readRows } from '../../bench/measures/mapping.ts'

describe('mappers/spec: the rows of the bench', () => {
  it('come to the same resources by the facility file as by the JavaScript written for them', async () => {
    const rows = await readRows(1000)
    for (let i = 0; i < rows.units.length; i++) {
      const { mapped, byHand } = both(rows, i)
      expect(mapped, `row ${i + 1}`).to.deep.equal(byHand)
    }
  })
})
