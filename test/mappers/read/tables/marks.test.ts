import { expect } from 'chai'
import fc from 'fast-check'
import { unmarked } from '../../../../mappers/read/marks.ts'
import { read } from './open.ts'

const cases: readonly (readonly [cell: string, text: string])[] = [
  ['="00123"', '00123'],
  [' ="9827112345" ', '9827112345'],
  ["'00123", '00123'],
  ["'OPD/12", 'OPD/12'],
  ['\u200BGeeta\u200E Devi', 'Geeta Devi'],
  ['\u202A9827112345\u202C', '9827112345'],
  ['क्\u200Dष', 'क्\u200Dष'],
  ["'Geeta", "'Geeta"],
  ["D'Souza", "D'Souza"],
  ["'2 of 3'", "'2 of 3'"],
  ['=5*3', '=5*3'],
  ['=""', ''],
]

describe('mappers: marks around cells', () => {
  for (const [cell, text] of cases)
    it(`reads ${JSON.stringify(cell)} as ${JSON.stringify(text)}`, () => expect(unmarked(cell)).to.equal(text))

  it('takes them away in files, also from the header, and leaves the row as it was sent', async () => {
    const rows = ['\u200BUHID,Mobile,Name', '="00123",\'9827112345,Geeta', '"=""00124""",9827112346,\u200BAsha']
    const { records, units } = await read(rows.join('\n'), { columns: ['UHID', 'Mobile', 'Name'] })
    expect(records).to.deep.equal([
      { UHID: '00123', Mobile: '9827112345', Name: 'Geeta' },
      { UHID: '00124', Mobile: '9827112346', Name: 'Asha' },
    ])
    expect(units.map(({ raw }) => (typeof raw === 'function' ? raw() : raw))).to.deep.equal(rows.slice(1))
  })

  it('finds them wherever they stand in a file', async () => {
    const marked = fc.constantFrom('="7"', "'7", '\u200B7', '7\u2060')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(marked, { nil: '7' }), { minLength: 1, maxLength: 9 }), async (cells) => {
        const { records } = await read(`A,B\n${cells.map((cell) => `x,${cell}\n`).join('')}`, { columns: ['B'] })
        expect(records.map(({ B }) => B)).to.deep.equal(cells.map(() => '7'))
      }),
    )
  })
})
