import { expect } from 'chai'
import { styled, workbook } from '../read/tables/workbook.ts'
import { compiled, mapAll } from './library.ts'

const clinic = `facility: clinic
organization: { hfr: IN1, name: Clinic }
source: { kind: xlsx }
bind:
  patient.localId: Id
  patient.name: Name
  patient.birth: { from: Age, as: { age-at: Date } }
  visit.at: { from: [Date, Time], join: ' ', as: datetime, need: record }
`

describe('mappers/spec: workbooks', () => {
  it('have dates although their cells are shown as numbers, counted from where the workbook begins', async () => {
    const mapping = compiled(clinic)
    for (const [since1904, day] of [
      [false, 45292],
      [true, 43830],
    ] as const) {
      const rows = [['Id', 'Name', 'Age', 'Date', 'Time'], ['1', 'Ram', '4', styled(day, 0), '10:30'], ['2', 'Sita', '4', styled(day, 1), '10:30']] // prettier-ignore
      const records = await mapAll(mapping, workbook({ sheets: [{ rows }], formats: [0, 14], since1904 }))
      for (const { canonical, issues, state } of records) {
        expect(canonical?.visit?.at).to.equal('2024-01-01T10:30:00+05:30')
        expect(canonical?.patient?.birth).to.deep.equal({ date: '2020', estimated: true })
        expect([state, issues]).to.deep.equal(['mapped', []])
      }
      expect(records).to.have.length(2)
    }
  })
})
