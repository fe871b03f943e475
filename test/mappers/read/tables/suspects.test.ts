import { expect } from 'chai'
import type { SourceOptions } from '../../../../mappers/read/source.ts'
import { suspects } from '../../../../mappers/read/suspects.ts'
import { read } from './open.ts'

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

  it('is none of units and codes, which are spelled as strangely', () => {
    const units = ['mg/dL', 'g/dL', 'IU/L', 'mEq/L', 'cells/cumm'].map((unit) => [unit])
    expect(suspects(['Unit'], units)).to.deep.equal([])
  })

  it('is told of the bound columns of a file that is read, unless its font is declared', async () => {
    const file = [headers, ...rows]
      .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      .join('\n')
    const told = async (options: Partial<SourceOptions>) =>
      (await read(file, { columns: headers, options })).seen.issues.map(({ code, column }) => [code, column])
    expect(await told({})).to.deep.equal([['FONT_SUSPECT', 'uke']])
    expect(await told({ legacyFont: { uke: 'krutidev010' } })).to.deep.equal([])
  })
})
