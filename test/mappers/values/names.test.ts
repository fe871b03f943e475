import { expect } from 'chai'
import fc from 'fast-check'
import { readName, readRelation } from '../../../mappers/values/names.ts'

const cases: readonly (readonly [cell: string, name: object])[] = [
  ['Ramesh', { text: 'Ramesh', given: ['Ramesh'] }],
  ['Patiram Sahu', { text: 'Patiram Sahu', given: ['Patiram'], family: 'Sahu' }],
  ['Mr.Anil  Kumar Verma', { text: 'Mr.Anil Kumar Verma', prefix: 'Mr.', given: ['Anil', 'Kumar'], family: 'Verma' }],
  [
    'Late Shri Ram Lal Sahu',
    { text: 'Late Shri Ram Lal Sahu', prefix: 'Late Shri', given: ['Ram', 'Lal'], family: 'Sahu' },
  ],
  ['GEETA DEVI (EXPIRED)', { text: 'GEETA DEVI (EXPIRED)', given: ['GEETA'], family: 'DEVI' }],
  ['Mr Ram; Kumar (OPD', { text: 'Mr Ram; Kumar (OPD', prefix: 'Mr', given: ['Ram'], family: 'Kumar' }],
  ['(Geeta)', { text: '(Geeta)', given: ['Geeta'] }],
  ['Ku. Pooja', { text: 'Ku. Pooja', prefix: 'Ku.', given: ['Pooja'] }],
  ['Kumar Sanu', { text: 'Kumar Sanu', given: ['Kumar'], family: 'Sanu' }],
  ['श्री राम साहू', { text: 'श्री राम साहू', prefix: 'श्री', given: ['राम'], family: 'साहू', language: 'hi' }],
  ['श्रीकांत वर्मा', { text: 'श्रीकांत वर्मा', given: ['श्रीकांत'], family: 'वर्मा', language: 'hi' }],
  ['कु. पूजा साहू', { text: 'कु. पूजा साहू', prefix: 'कु.', given: ['पूजा'], family: 'साहू', language: 'hi' }],
  ['कुमार विश्वास', { text: 'कुमार विश्वास', given: ['कुमार'], family: 'विश्वास', language: 'hi' }],
  [
    'Smt. Geeta Devi W/o Mohan',
    {
      text: 'Smt. Geeta Devi',
      prefix: 'Smt.',
      given: ['Geeta'],
      family: 'Devi',
      relation: { kind: 'husband', name: 'Mohan', text: 'W/o Mohan' },
    },
  ],
  [
    'Ravi S/O Kamal Singh',
    { text: 'Ravi', given: ['Ravi'], relation: { kind: 'father', name: 'Kamal Singh', text: 'S/O Kamal Singh' } },
  ],
  ['Asha (D/o Ram)', { text: 'Asha', given: ['Asha'], relation: { kind: 'father', name: 'Ram', text: 'D/o Ram' } }],
  [
    'Bablu C/o Anita',
    { text: 'Bablu', given: ['Bablu'], relation: { kind: 'guardian', name: 'Anita', text: 'C/o Anita' } },
  ],
  [
    'श्रीमती गीता देवी पति मोहन लाल',
    {
      text: 'श्रीमती गीता देवी',
      prefix: 'श्रीमती',
      given: ['गीता'],
      family: 'देवी',
      language: 'hi',
      relation: { kind: 'husband', name: 'मोहन लाल', text: 'पति मोहन लाल' },
    },
  ],
  [
    'राजू पिता-रमेश',
    { text: 'राजू', given: ['राजू'], language: 'hi', relation: { kind: 'father', name: 'रमेश', text: 'पिता-रमेश' } },
  ],
  [
    'मोहन पुत्र श्री सोहन',
    {
      text: 'मोहन',
      given: ['मोहन'],
      language: 'hi',
      relation: { kind: 'father', name: 'श्री सोहन', text: 'पुत्र श्री सोहन' },
    },
  ],
]

describe('names of people', () => {
  for (const [cell, name] of cases) {
    it(`reads ${cell}`, () => expect(readName(cell)).to.deep.equal({ value: name }))
  }

  it('keeps placeholders, takes nothing of them for a name, and says so', () => {
    for (const text of [
      'Baby of Sunita',
      'Baby Girl',
      'Baby Boy Sahu',
      'Newborn',
      'B/O Sunita Devi',
      'Baby Boy of Sunita',
      'Unknown',
      'अज्ञात',
      'नवजात शिशु सुनीता',
    ])
      expect(readName(text), text).to.deep.equal({
        value: { text, placeholder: true, ...hindi(text) },
        fault: 'NAME_PLACEHOLDER',
      })
  })

  it('finds no name in digits and signs', () => {
    for (const text of ['123', '--', '???']) expect(readName(text)).to.deep.equal({ fault: 'VALUE_FORMAT' })
  })

  it('reads a column of relations', () => {
    expect(readRelation('Mohan Lal', 'husband').value?.relation).to.deep.equal({
      kind: 'husband',
      name: 'Mohan Lal',
      text: 'Mohan Lal',
    })
    expect(readRelation('S/o Ram', 'guardian').value?.relation).to.include({ kind: 'father', name: 'Ram' })
  })

  it('loses no letter of any name', () => {
    const letters = (text: string) => text.replace(/[^\p{L}\p{M}]/gu, '')
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z .]{1,40}$/), (text) => {
        const { value } = readName(text)
        if (!value) return
        expect(letters(value.text + (value.relation?.text ?? ''))).to.equal(letters(text))
      }),
    )
  })
})

function hindi(text: string): object {
  return /^[a-z]/i.test(text) ? {} : { language: 'hi' }
}
