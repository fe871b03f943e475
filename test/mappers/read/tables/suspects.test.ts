import { expect } from 'chai'
import { suspects } from '../../../../mappers/read/suspects.ts'

const headers = ['Name', 'Address', 'uke']
const rows = [
  ['Sita Devi', 'Mowa, Raipur', 'jke dqekj'],
  ['Ram Kumar', 'Shankar Nagar', 'lhrk nsoh'],
  ['Geeta Sahu', 'Ward No. 5', 'jes\'k o"kkZ'],
  ['Mohan Lal', 'Telibandha', 'jktw flUgk'],
]

describe('what looks wrong in a sample', () => {
  it('is a column in a legacy Hindi font, named without its values', () => {
    const found = suspects(headers, rows)
    expect(found.map(({ code, level, column }) => [code, level, column])).to.deep.equal([
      ['FONT_SUSPECT', 'information', 'uke'],
    ])
    expect(JSON.stringify(found)).to.not.contain('jke')
  })

  it('is not one that is declared, nor anything in columns of English or Hindi', () => {
    expect(suspects(headers, rows, ['uke'])).to.deep.equal([])
    expect(suspects(['नाम'], [['सीता देवी'], ['राम कुमार'], ['गीता साहू']])).to.deep.equal([])
    expect(suspects(headers, [])).to.deep.equal([])
  })
})
