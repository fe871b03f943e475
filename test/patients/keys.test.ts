import { expect } from 'chai'
import type { Patient } from '@medplum/fhirtypes'
import { compareLines, comparePlaces, placesOf } from '../../server/patients/keys/address.ts'
import { birthOf, compareBirths } from '../../server/patients/keys/birth.ts'
import { blocksOf, blockTexts } from '../../server/patients/keys/blocks.ts'
import { featuresOf } from '../../server/patients/keys/features.ts'
import { isFake, phone } from '../../server/patients/keys/phone.ts'

const births = (a: string, b: string) => {
  const of = (text: string) => birthOf(text.replace('~', ''), text.includes('~'))!
  return compareBirths(of(a), of(b), 2026)
}

describe('keys of patients', () => {
  it('compare births as precisely as both are known, ages with a tolerance that grows', () => {
    const cases = [
      ['1984-03-02', '1984-03-02', 'day'], ['1984-03-02', '1984-02-03', 'slip'], ['1984-03-02', '1985-03-02', 'slip'], ['1984-03-12', '1984-03-21', 'slip'],
      ['1984-03-02', '1984-11-27', 'year'], ['1984-03-02', '1984-03-28', 'month'], ['1984-03-02', '1986-07-15', 'near'], ['1984-03-02', '1994-07-15', 'far'],
      ['1984', '1984-03-02', 'age'], ['1984-01-01', '1984-01-01', 'age'], ['1984-01-01', '1985-08-09', 'age'], ['1984~', '1986-03-02', 'age near'],
      ['1950', '1955', 'age rough'], ['2015', '2019', 'age far'], ['1984', '1999', 'age far'], ['1984-03', '1984-03-02', 'age'],
    ] as const // prettier-ignore
    expect(
      cases.filter(([a, b, level]) => births(a, b) !== level).map((one) => [...one, births(one[0], one[1])]),
    ).to.deep.equal([])
    expect(birthOf('2000-13-01', false)).to.equal(undefined)
    expect(birthOf('3000-01-01', false)).to.equal(undefined)
  })

  it('bring phones into one form, and leave out those that are nobody’s', () => {
    const forms = ['+91 98931 22345', '09893122345', '9893122345', '919893122345', '९८९३१२२३४५', '0091-9893122345']
    expect(new Set(forms.map(phone))).to.deep.equal(new Set(['9893122345']))
    expect(
      ['9999999999', '0000000000', '1234567890', '9876543210', '7777777770', '8888888889'].filter(
        (one) => !isFake(one),
      ),
    ).to.deep.equal([])
    expect(['9893122345', '6112345670', '9900990099'].filter(isFake)).to.deep.equal([])
  })

  it('know a house, a ward, a street and a place in either script', () => {
    const [a, b, c, d] = placesOf([
      { line: ['H.No. 12, Ward 5, Gudhiyari'], city: 'Raipur', postalCode: '492009' },
      { line: ['मकान नं. 12, वार्ड क्र. 5, गुढ़ियारी'], city: 'रायपुर' },
      { line: ['House 14, Gudhiyari'], city: 'Raipur', postalCode: '492009' },
      { text: 'Vill Torla', postalCode: '493661' },
    ])
    expect(compareLines(a!, b!)).to.equal('house')
    expect(comparePlaces(a!, b!)).to.equal('locality')
    expect(compareLines(a!, c!)).to.equal('street')
    expect(comparePlaces(a!, c!)).to.equal('pin and locality')
    expect(comparePlaces(a!, d!)).to.equal('other')
    expect(compareLines(a!, d!)).to.equal(undefined)
  })

  it('tell numbers of a person from a household’s and a facility’s', () => {
    const v2 = (code: string) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] })
    const patient: Patient = {
      resourceType: 'Patient',
      identifier: [
        { system: 'https://healthid.ndhm.gov.in', value: '22-7225-4829-5255', type: v2('MR') },
        { system: 'https://healthid.ndhm.gov.in', value: 'Asha.Sahu@abdm' },
        { system: 'https://hospital.example/mrn', value: 'R-1042', type: v2('MR') },
        { system: 'https://food.example/ration', value: '123', type: v2('BPL') },
        { type: v2('PPN'), value: 'K 1234567' },
      ],
    }
    const { abha, abhaAddresses, records, national } = featuresOf(patient)
    expect(abha).to.deep.equal(['22722548295255'])
    expect(abhaAddresses).to.deep.equal(['asha.sahu@abdm'])
    expect(records).to.deep.equal([{ system: 'https://hospital.example/mrn', value: 'r1042' }])
    expect(national).to.deep.equal([{ system: 'PPN', value: 'k1234567' }])
  })

  it('put two spellings, scripts and ages of one person into one block, and are stored numbers', () => {
    const a: Patient = {
      resourceType: 'Patient',
      name: [{ text: 'Smt. Sunita Sahoo' }],
      gender: 'female',
      birthDate: '1984',
    }
    const b: Patient = {
      resourceType: 'Patient',
      name: [{ text: 'साहू सुनीता' }],
      gender: 'female',
      birthDate: '1986-05-06',
    }
    const [x, y] = [a, b].map((patient) => new Set(blocksOf(featuresOf(patient))))
    expect([...x!].some((token) => y!.has(token))).to.equal(true)
    // Stored: a change of the scheme needs every patient's blocks made anew.
    expect(blockTexts(featuresOf(a))).to.deep.equal(['f s|snt|396', 'f s|snt|397'])
    expect(blocksOf(featuresOf(a)).map(String)).to.deep.equal(['7739019494743283838', '6564480534803307813'])
  })

  it('give a phone’s block to those alone who share more than the phone', () => {
    const on = (name: string, birthDate: string): Patient => ({ resourceType: 'Patient', name: [{ text: name }], birthDate, telecom: [{ system: 'phone', value: '9893122345' }] }) // prettier-ignore
    const tokens = (patient: Patient) => new Set(blocksOf(featuresOf(patient)))
    const shared = (a: Patient, b: Patient) => [...tokens(a)].filter((token) => tokens(b).has(token)).length
    expect(shared(on('Ramesh Sahu', '1950'), on('Meena Verma', '2001'))).to.equal(0)
    expect(shared(on('Ramesh Sahu', '1950'), on('Rajesh Sahu', '2001'))).to.be.above(0)
    expect(shared(on('Ramesh Sahu', '1950'), on('Geeta Verma', '1951'))).to.be.above(0)
  })
})
