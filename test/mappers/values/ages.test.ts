import { expect } from 'chai'
import { agrees, birthOf, readAge } from '../../../mappers/values/ages.ts'

const on = { year: 2026, month: 3, day: 15 }
const cases: readonly (readonly [text: string, birth: string])[] = [
  ['35 Y / 6 M', '1990-09'],
  ['35Y6M', '1990-09'],
  ['35', '1991'],
  ['35 yrs.', '1991'],
  ['45 years old', '1981'],
  ['45/M', '1981'],
  ['45 वर्ष', '1981'],
  ['४५ वर्ष', '1981'],
  ['3 साल 2 माह', '2023-01'],
  ['2½ yrs', '2023-09'],
  ['8 M', '2025-07'],
  ['18 months', '2024-09'],
  ['10 D', '2026-03-05'],
  ['2 weeks', '2026-03-01'],
  ['10 दिन', '2026-03-05'],
  ['0', '2026'],
  ['125', '1901'],
]

describe('ages', () => {
  for (const [text, birth] of cases) {
    it(`reckons ${birth} from ${text}, as precise as it was told and marked as estimated`, () => {
      const { value } = readAge(text)
      expect(value && birthOf(value, on)).to.deep.equal({ date: birth, estimated: true })
    })
  }

  it('refuses ages that nobody reaches', () => {
    for (const text of ['350', '126', '200 वर्ष', '999 Y', '-5', '-5 Y'])
      expect(readAge(text), text).to.deep.equal({ fault: 'AGE_RANGE' })
  })

  it('refuses what is no age', () => {
    for (const text of ['abc', '', '12/11', '-5/11/2026', '35 kg', '12/11/2026', 'x'.repeat(9999)])
      expect(readAge(text), text.slice(0, 20)).to.deep.equal({ fault: 'VALUE_FORMAT' })
  })

  it('lets a birth date and an age agree within a year', () => {
    expect(agrees('1990-05-01', { years: 35 }, '2026-03-15')).to.equal(true)
    expect(agrees('1990-05-01', { years: 36 }, '2026-03-15')).to.equal(true)
    expect(agrees('1990', { years: 35 }, '2026-03-15')).to.equal(true)
    expect(agrees('1990-05-01', { years: 40 }, '2026-03-15')).to.equal(false)
    expect(agrees('2026-03-05', { days: 10 }, '2026-03-15')).to.equal(true)
    expect(agrees('2024-03-05', { days: 10 }, '2026-03-15')).to.equal(false)
  })
})
