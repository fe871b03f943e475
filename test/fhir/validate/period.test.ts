import { expect } from 'chai'
import fc from 'fast-check'
import { compile } from '../../../server/fhir/path/compile.ts'
import { inOrder } from '../../../server/fhir/validate/period.ts'

describe('A period', () => {
  it('is in order exactly when FHIRPath does not find that it starts after its end', () => {
    const written = compile('iif(start > end, false, true)', { type: 'Period' })
    const moment = fc
      .tuple(
        fc.constantFrom('1999', '2000'),
        fc.constantFrom('', '-01', '-12'),
        fc.constantFrom('', '-01', '-31'),
        fc.constantFrom('', 'T00:00:00', 'T23:30:00', 'T23:30:00.5', 'T23:30:00.50'),
        fc.constantFrom('Z', '+05:30', '-05:30', '+00:00'),
      )
      .map(([year, month, day, time, zone]) => {
        if (month === '') return year
        if (day === '') return year + month
        return time === '' ? year + month + day : year + month + day + time + zone
      })
    fc.assert(
      fc.property(fc.option(moment, { nil: undefined }), fc.option(moment, { nil: undefined }), (start, end) => {
        const period = { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
        expect(inOrder(period)).to.equal(written(period, { resource: period, rootResource: period })[0])
      }),
      { numRuns: 500 },
    )
  })
})
