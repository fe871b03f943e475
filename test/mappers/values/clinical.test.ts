import { expect } from 'chai'
import fc from 'fast-check'
import { isUnit } from '../../../server/fhir/ucum.ts'
import { readDose } from '../../../mappers/values/doses.ts'
import { readMeasure, readRange } from '../../../mappers/values/measures.ts'
import { ucumOf } from '../../../mappers/values/units.ts'

describe('results as printed', () => {
  const cases: readonly (readonly [cell: string, measure: object])[] = [
    ['<0.01', { comparator: '<', number: '0.01' }],
    ['≥ 60', { comparator: '>=', number: '60' }],
    ['less than 5', { comparator: '<', number: '5' }],
    ['Positive', { text: 'Positive' }],
    ['12.5 H', { number: '12.5', flag: 'H' }],
    ['12.5 (L)', { number: '12.5', flag: 'L' }],
    ['12.5*', { number: '12.5', flag: 'A' }],
    ['12.5 H g/dL', { number: '12.5', flag: 'H', unit: 'g/dL', ucum: 'g/dL' }],
    ['150 mg/dl High', { number: '150', flag: 'H', unit: 'mg/dl', ucum: 'mg/dL' }],
    ['1,200', { number: '1200' }],
    ['1,20,000', { number: '120000' }],
    ['1.10', { number: '1.10' }],
    ['.5', { number: '0.5' }],
    ['10-20', { low: '10', high: '20' }],
    ['15-20 /hpf', { low: '15', high: '20', unit: '/hpf', ucum: '/[HPF]' }],
    ['13.2 gm%', { number: '13.2', unit: 'gm%', ucum: 'g/dL' }],
    ['2.5 lakh/cumm', { number: '2.5', unit: 'lakh/cumm', ucum: '10*5/uL' }],
    ['7.2 10^3/µL', { number: '7.2', unit: '10^3/μL', ucum: '10*3/uL' }],
    ['१३.२', { number: '13.2' }],
    ['12,5', { text: '12,5' }],
    ['1:160', { text: '1:160' }],
    ['120/80', { text: '120/80' }],
    ['3+', { text: '3+' }],
    ['5 colonies of E coli seen', { text: '5 colonies of E coli seen' }],
  ]
  for (const [cell, measure] of cases) {
    it(`reads ${cell}`, () => expect(readMeasure(cell.replace('µ', 'μ'))).to.deep.equal({ value: measure }))
  }

  it('keeps an unknown unit as text, with a warning', () => {
    expect(readMeasure('4 blorps')).to.deep.equal({ value: { number: '4', unit: 'blorps' }, fault: 'UNIT_UNKNOWN' })
  })

  it('takes the unit of the column where the cell has none', () => {
    expect(readMeasure('13.2', 'gm%').value).to.deep.equal({ number: '13.2', unit: 'gm%', ucum: 'g/dL' })
    expect(readMeasure('13.2 mg/dl', 'gm%').value?.ucum).to.equal('mg/dL')
    expect(readMeasure('Positive', 'gm%').value).to.deep.equal({ text: 'Positive' })
  })

  it('keeps the digits of every number', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: 3 }), (whole, places) => {
        const text = `${whole}${places > 0 ? `.${'0'.repeat(places)}` : ''}`
        expect(readMeasure(text).value).to.deep.equal({ number: text })
      }),
    )
  })

  it('loses no text whatever stands in the cell', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const { value, fault } = readMeasure(text)
        if (text.trim() === '') expect(fault).to.equal('VALUE_FORMAT')
        else expect(value?.number ?? value?.text ?? value?.low, text).to.be.a('string')
      }),
    )
  })

  it('has only units of UCUM in its table', () => {
    const units = [
      'gm%',
      'lakh/cumm',
      '10^3/uL',
      'mIU/L',
      'mm/1st hr',
      'mEq/L',
      'IU/L',
      '°F',
      'bpm',
      'cells/cumm',
      'fl',
      'mmHg',
      'mcg/dl',
      'ml/min/1.73m2',
      'x10^6/uL',
      'million/cumm',
      'Cel',
      'pH',
      'gm/dl',
      '/hpf',
      'INR',
    ]
    expect(units.filter((unit) => !isUnit(ucumOf(unit) ?? 'not known'))).to.deep.equal([])
  })

  it('reads reference ranges', () => {
    expect(readRange('12.0 - 16.0')).to.deep.equal({ low: '12.0', high: '16.0', text: '12.0 - 16.0' })
    expect(readRange('(12-16)')).to.deep.equal({ low: '12', high: '16', text: '(12-16)' })
    expect(readRange('< 5.6')).to.deep.equal({ high: '5.6', text: '< 5.6' })
    expect(readRange('Upto 40 U/L')).to.deep.equal({ high: '40', text: 'Upto 40 U/L' })
    expect(readRange('>60')).to.deep.equal({ low: '60', text: '>60' })
    expect(readRange('M: 13-17; F: 12-15')).to.deep.equal({ text: 'M: 13-17; F: 12-15' })
  })
})

describe('doses as slips say them', () => {
  const cases: readonly (readonly [cell: string, dose: object])[] = [
    ['1-0-1', { timesPerDay: 2, amount: { number: '1' } }],
    ['1-0-0-1', { timesPerDay: 2, amount: { number: '1' } }],
    ['½-0-½', { timesPerDay: 2, amount: { number: '0.5' } }],
    ['1/2-0-1/2', { timesPerDay: 2, amount: { number: '0.5' } }],
    ['1-0-2', { timesPerDay: 2 }],
    ['१-०-१', { timesPerDay: 2, amount: { number: '1' } }],
    ['OD', { timesPerDay: 1, timing: 'QD' }],
    ['BD', { timesPerDay: 2, timing: 'BID' }],
    ['b.i.d.', { timesPerDay: 2, timing: 'BID' }],
    ['TDS', { timesPerDay: 3, timing: 'TID' }],
    ['QID', { timesPerDay: 4, timing: 'QID' }],
    ['HS', { when: ['HS'] }],
    ['SOS', { asNeeded: true }],
    ['BD AC', { timesPerDay: 2, timing: 'BID', when: ['AC'] }],
    ['OD PC', { timesPerDay: 1, timing: 'QD', when: ['PC'] }],
    ['दिन में दो बार', { timesPerDay: 2, timing: 'BID' }],
    ['दिन में 3 बार खाने के बाद', { timesPerDay: 3, timing: 'TID', when: ['PC'] }],
    ['सुबह शाम', { timesPerDay: 2, timing: 'BID' }],
    ['1 tab x 5 days', { amount: { number: '1', unit: 'tab' }, days: 5 }],
    ['1-0-1 after food x 5 days', { timesPerDay: 2, amount: { number: '1' }, when: ['PC'], days: 5 }],
    ['1 tab TDS x 2 weeks', { timesPerDay: 3, timing: 'TID', amount: { number: '1', unit: 'tab' }, days: 14 }],
    ['5 ml q6h', { amount: { number: '5', unit: 'ml' }, every: { number: 6, unit: 'h' } }],
    ['1-1-1 PC 5/7', { timesPerDay: 3, amount: { number: '1' }, when: ['PC'], days: 5 }],
    ['alternate days', { every: { number: 2, unit: 'd' } }],
    ['weekly', { every: { number: 1, unit: 'wk' } }],
    ['as the doctor told', {}],
    ['डॉक्टर के अनुसार', {}],
  ]
  for (const [cell, dose] of cases) {
    it(`reads ${cell}, and keeps it as text`, () => expect(readDose(cell)).to.deep.equal({ ...dose, text: cell }))
  }

  it('always keeps the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        expect(readDose(text).text).to.equal(text.normalize('NFC').replace(/\s+/g, ' ').trim())
      }),
    )
  })
})
