import { expect } from 'chai'
import { readAddress } from '../../../mappers/values/addresses.ts'
import { readAbha, readIdentifier, readPin } from '../../../mappers/values/identifiers.ts'
import { readPhones } from '../../../mappers/values/phones.ts'
import { sexOf } from '../../../mappers/values/sexes.ts'

const ABHA = 'https://healthid.ndhm.gov.in'

describe('telephone numbers', () => {
  const cases: readonly (readonly [cell: string, values: readonly string[]])[] = [
    ['+91 98271-12345', ['+919827112345']],
    ['098271 12345', ['+919827112345']],
    ['९८२७११२३४५', ['+919827112345']],
    ['mob: 9827112345', ['+919827112345']],
    ['9827112345.0', ['+919827112345']],
    ['9827112345/9827112346', ['+919827112345', '+919827112346']],
    ['9827112345, 9827112345', ['+919827112345']],
    ['9827112345 9827112346', ['+919827112345', '+919827112346']],
    ['98271 12345 या 0771-2234567', ['+919827112345', '+917712234567']],
    ['0771-2234567', ['+917712234567']],
    ['+1 415 555 2671', ['+14155552671']],
    ['108', ['108']],
  ]
  for (const [cell, values] of cases) {
    it(`reads ${cell} as ${values.join(' and ')}`, () => {
      const { value, fault } = readPhones(cell)
      expect(fault).to.equal(undefined)
      expect(value?.map((one) => one.value)).to.deep.equal(values)
    })
  }

  it('keeps numbers that belong to nobody, marked, with a warning', () => {
    for (const text of ['9999999999', '1234567890', '9876543210', '12345678', '0000000000']) {
      const { value, fault } = readPhones(text)
      expect(fault, text).to.equal('PHONE_FAKE')
      expect(value?.[0]?.fake, text).to.equal(true)
    }
  })

  it('drops a number that a spreadsheet has shortened', () => {
    expect(readPhones('9.82711E+09')).to.deep.equal({ fault: 'NUM_LOSSY' })
  })
})

describe('identifiers', () => {
  it('writes ABHA numbers and addresses in their one form', () => {
    expect(readAbha('22722548295255')).to.deep.equal({ value: { value: '22-7225-4829-5255', system: ABHA } })
    expect(readAbha('Geeta.Devi@ABDM').value).to.deep.equal({ value: 'geeta.devi@abdm', system: ABHA })
  })

  it('keeps a wrong one as a number of the facility, with a warning', () => {
    expect(readAbha('91-1234')).to.deep.equal({
      value: { value: '91-1234', type: 'ABHA as written' },
      fault: 'ABHA_FORMAT',
    })
    expect(readAbha('22-7225-4829-5250').fault).to.equal('ABHA_CHECK')
    expect(readAbha('22-7225-4829-5250').value?.system).to.equal(undefined)
  })

  it('never lets an Aadhaar number pass for an identifier', () => {
    expect(readIdentifier('234123412346')).to.deep.equal({ fault: 'AADHAAR' })
    expect(readIdentifier('X-1', { type: 'ADN' })).to.deep.equal({ fault: 'AADHAAR' })
    expect(readAbha('2341 2341 2346')).to.deep.equal({ fault: 'AADHAAR' })
  })

  it('keeps local numbers as written but for their blanks', () => {
    expect(readIdentifier(' UHID  7 ')).to.deep.equal({ value: { value: 'UHID 7' } })
    expect(readIdentifier('2.61122E+09')).to.deep.equal({ fault: 'NUM_LOSSY' })
  })

  it('reads PIN codes', () => {
    expect(
      ['492001', '492 001', '४९२००१', '012345', '49200', '492001.0'].map((text) => readPin(text).value),
    ).to.deep.equal(['492001', '492001', '492001', undefined, undefined, '492001'])
  })
})

describe('addresses', () => {
  it('keeps the text, and takes out the PIN, the district and the state', () => {
    expect(readAddress('H.No. 12, Shanti Nagar, Dist. Raipur, C.G. - 492001')).to.deep.equal({
      text: 'H.No. 12, Shanti Nagar, Dist. Raipur, C.G. - 492001',
      lines: ['H.No. 12', 'Shanti Nagar'],
      district: 'Raipur',
      state: 'Chhattisgarh',
      pin: '492001',
    })
    expect(readAddress('ग्राम तिल्दा, जिला रायपुर, छत्तीसगढ़ 493114')).to.include({ district: 'रायपुर', pin: '493114' })
  })

  it('takes no telephone number for a PIN', () => {
    expect(readAddress('Tikrapara 9827112345').pin).to.equal(undefined)
  })
})

describe('words for the sex', () => {
  const words: Readonly<Record<string, readonly string[]>> = {
    male: ['M', 'male', 'पुरुष', 'पु', 'पु.', ' Male '],
    female: ['F', 'Female', 'महिला', 'म', 'म.', 'स्त्री'],
    other: ['T', 'O', 'Transgender', 'अन्य'],
    unknown: ['U', 'unknown'],
  }
  for (const [sex, all] of Object.entries(words)) {
    it(`takes ${all.join(', ')} for ${sex}`, () => expect(all.map(sexOf)).to.deep.equal(all.map(() => sex)))
  }

  it('does not guess', () => expect(sexOf('x1')).to.equal(undefined))
})
