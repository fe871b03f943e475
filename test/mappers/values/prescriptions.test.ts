import { expect } from 'chai'
import fc from 'fast-check'
import { halvesOf } from '../../../mappers/values/ages.ts'
import { saysNothing } from '../../../mappers/values/blanks.ts'
import { MOST_PARTS, readList, readPrescription } from '../../../mappers/values/prescriptions.ts'

describe('a prescription in one cell', () => {
  const cases: Readonly<Record<string, readonly (readonly [drug: string, directions?: string])[]>> = {
    '1) Tab. Pantop 40 OD AC x 7 days 2) Tab. Dolo 650 TDS PC x 3 days': [
      ['Tab. Pantop 40', 'OD AC x 7 days'],
      ['Tab. Dolo 650', 'TDS PC x 3 days'],
    ],
    'T. Amlokind 5mg 0-0-1; T. Metformin 500 BD x 30 days': [
      ['T. Amlokind 5mg', '0-0-1'],
      ['T. Metformin 500', 'BD x 30 days'],
    ],
    'Azithro 500 OD x 3d, Levocet HS': [
      ['Azithro 500', 'OD x 3d'],
      ['Levocet', 'HS'],
    ],
    'Tab Azee 500 1 OD x 3d\nTab Levocet 5 HS': [
      ['Tab Azee 500', '1 OD x 3d'],
      ['Tab Levocet 5', 'HS'],
    ],
    'Tab Diamox 250 BD, E/D Timolol 0.5% BD': [
      ['Tab Diamox 250', 'BD'],
      ['E/D Timolol 0.5%', 'BD'],
    ],
    'पैरासिटामोल 500 दिन में 3 बार, आयरन गोली रात को 1': [
      ['पैरासिटामोल 500', 'दिन में 3 बार'],
      ['आयरन गोली', 'रात को 1'],
    ],
    'Syp. Calpol 5 ml TDS x 3 days': [['Syp. Calpol', '5 ml TDS x 3 days']],
    'Inj. TT 0.5ml IM stat': [['Inj. TT', '0.5ml IM stat']],
    'Human Mixtard 30/70 10-0-8 units SC': [['Human Mixtard 30/70', '10-0-8 units SC']],
    'Dolo 650 TDS, after food, for 3 days': [['Dolo 650', 'TDS, after food, for 3 days']],
    'Amlodipine 5 + Atenolol 50 OD': [['Amlodipine 5 + Atenolol 50', 'OD']],
    'Paracetamol, Amoxicillin, ORS': [['Paracetamol'], ['Amoxicillin'], ['ORS']],
    'SHELCAL 500': [['SHELCAL 500']],
    'steam inhalation and plenty of warm fluids': [['steam inhalation and plenty of warm fluids']],
  }
  for (const [cell, drugs] of Object.entries(cases)) {
    it(`tells the medicines of “${cell.replace('\n', '⏎')}”`, () => {
      const found = readPrescription(cell).map(({ drug, directions }) => (directions ? [drug, directions] : [drug]))
      expect(found).to.deep.equal(drugs)
    })
  }

  it('loses no letter or digit of any cell, but the numbers that count medicines', () => {
    const word = fc.constantFrom(
      ...'Tab Dolo 650 TDS x 3 days , ; OD 1-0-1 after food PCM Syp 5 ml ½ दवा रात'.split(' '),
    )
    const letters = (text: string) => text.replace(/[^\p{L}\p{M}\p{N}½]/gu, '')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const text = words.join(' ')
        const told = readPrescription(text).map(({ drug, directions = '' }) => drug + directions)
        expect(letters(told.join(''))).to.equal(letters(text))
        expect(told.length).to.be.at.most(MOST_PARTS)
      }),
    )
  })

  it('keeps what is too much to be told apart in the last part', () => {
    const codes = Array.from({ length: 20 }, (_, at) => `A${at + 10}`)
    const parts = readList(codes.join(', '))
    expect(parts).to.have.length(MOST_PARTS)
    expect(parts.join(', ')).to.equal(codes.join(', '))
  })

  it('lists what stands between commas, semicolons, lone plus signs and lines', () => {
    expect(readList('O82, D64.9')).to.deep.equal(['O82', 'D64.9'])
    expect(readList('HTN + T2DM; CKD\nIHD')).to.deep.equal(['HTN', 'T2DM', 'CKD', 'IHD'])
    expect(readList('Hepatitis B+C')).to.deep.equal(['Hepatitis B+C'])
  })
})

describe('an age and a sex in one cell', () => {
  const cases: readonly (readonly [cell: string, age: string | undefined, sex: string | undefined])[] = [
    ['45/M', '45', 'M'],
    ['50 M', '50', 'M'],
    ['2 M / M', '2 M', 'M'],
    ['5 Mths/F', '5 Mths', 'F'],
    ['F-34', '34', 'F'],
    ['23 yrs / M', '23 yrs', 'M'],
    ['34Y F', '34Y', 'F'],
    ['३५/म', '35', 'म'],
    ['26 Yrs/Male', '26 Yrs', 'Male'],
    ['45', '45', undefined],
    ['F', undefined, 'F'],
  ]
  for (const [cell, age, sex] of cases) {
    it(`reads ${cell}`, () => expect(halvesOf(cell)).to.deep.equal({ ...(age && { age }), ...(sex && { sex }) }))
  }
})

describe('words that say that there is nothing', () => {
  it('are told from names', () => {
    for (const word of ['Nil', 'NA', 'N/A', '-', 'None', 'no', 'निरंक', 'नहीं'])
      expect(saysNothing(word), word).to.equal(true)
    for (const word of ['Nilgiri oil', 'Naproxen', 'Noradrenaline', 'Na', 'ORS'])
      expect(saysNothing(word), word).to.equal(word === 'Na')
  })
})
