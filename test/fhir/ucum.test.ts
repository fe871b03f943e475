import { expect } from 'chai'
import { faultOfUnit, isUnit } from '../../server/fhir/ucum.ts'

const units =
  'mg mg/dL 10*3/uL 10*9/L mm[Hg] /min {beats}/min Cel [degF] kg/m2 % [iU]/L m[IU]/L mmol/L g/dL 1 {INR} mL/min/{1.73_m2} U/L a mo wk d h min s [pH] fL pg /[HPF] mg/g{creat} mm/h ng/mL{FEU} meq/L 40.[iU]/mL'
const others = [
  'mmHg',
  'degC',
  'mg//dL',
  'mg/',
  '{',
  'years',
  'IU/L',
  'mg dL',
  ' mg',
  'mg ',
  '',
  'x10^3',
  'mg\n',
  'µg',
  'a'.repeat(500),
]

describe('units of measure', () => {
  for (const unit of units.split(' ')) it(`takes ${unit}`, () => expect(isUnit(unit)).to.equal(true))

  for (const unit of others)
    it(`refuses ${JSON.stringify(unit.slice(0, 20))}`, () => expect(isUnit(unit)).to.equal(false))

  it('says what may be meant, and gives the same answer again', () => {
    expect(faultOfUnit('mmHg')).to.match(/^is no UCUM unit/)
    expect(faultOfUnit('mmHg')).to.equal(faultOfUnit('mmHg'))
    expect(faultOfUnit('mg')).to.equal(undefined)
  })
})
