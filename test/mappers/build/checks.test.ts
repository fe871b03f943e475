import { expect } from 'chai'
import type { Canonical } from '../../../mappers/canonical.ts'
import { made, row } from './records.ts'

const codes = (record: Canonical) => made(record).issues.map(({ code }) => code)

describe('days that cannot be', () => {
  it('refuses samples and sales that lie in the future, or before the patient was born', () => {
    const { patient = {} } = row()
    const drug = { text: 'ORS', codings: [] }
    const on = (at: string): Canonical[] => [
      { patient, medication: [{ drug, at }] },
      { patient, medication: [{ drug, dispensedAt: at }] },
      { patient, report: [{ code: drug, at }] },
      { patient, report: [{ code: drug, result: [{ code: drug, value: { text: 'x' }, at }] }] },
    ]
    expect(on('2026-11-23').map((record) => codes(record))).to.deep.equal(Array(4).fill(['DATE_FUTURE']))
    expect(on('2026-11-22').map((record) => codes(record))).to.deep.equal(Array(4).fill([]))
    const child = { ...patient, birth: { date: '2020-05-01' } }
    const early = on('2020-04-30').map((record) => codes({ ...record, patient: child }))
    expect(early).to.deep.equal([['AGE_RANGE'], ['AGE_RANGE'], ['AGE_RANGE'], []])
  })
})
