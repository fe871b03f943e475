import { expect } from 'chai'
import { ignored, read, said } from './open.ts'

const columns = ['Name', 'Age', 'Size']

describe('mappers: CSV', () => {
  it('reads rows with the line each begins on, whatever ends the lines', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { records, units } = await read(['Name,Age,Size', 'Ram,35,M', '', 'Sita,30,L'].join(end), { columns })
      expect(records, JSON.stringify(end)).to.deep.equal([
        { Name: 'Ram', Age: '35', Size: 'M' },
        { Name: 'Sita', Age: '30', Size: 'L' },
      ])
      expect(units.map(({ line, ignored: rule }) => `${line} ${rule ?? ''}`)).to.deep.equal(['2 ', '3 blank-row', '4 '])
    }
  })

  it('finds the separator by itself, and takes a declared one', async () => {
    for (const separator of [',', ';', '\t', '|']) {
      const text = [
        ['Name', 'Age', 'Size'],
        ['Ram, Kumar', '35', '1;2'],
        ['Sita', '30', 'L'],
      ]
        .map((row) => row.map((cell) => (/[,;]/.test(cell) ? `"${cell}"` : cell)).join(separator))
        .join('\n')
      const found = await read(text, { columns })
      expect(found.records[0], separator).to.deep.equal({ Name: 'Ram, Kumar', Age: '35', Size: '1;2' })
      expect(found.seen.separator).to.equal(separator)
      expect((await read(text, { columns, options: { separator } })).records).to.deep.equal(found.records)
    }
    const said = await read('sep=;\nName;Age;Size\nRam;3,5,5;1,2\n', { columns })
    expect(said.records).to.deep.equal([{ Name: 'Ram', Age: '3,5,5', Size: '1,2' }])
  })

  it('takes 5" tube as it is, and a newline inside quotes with the line the row began on', async () => {
    const found = await read('Name,Age,Size\nRam,35,5" tube\nSita,30,"one\r\ntwo, ""three"""\nGita,20,L\n', { columns })
    expect(found.records.map(({ Size }) => Size)).to.deep.equal(['5" tube', 'one\ntwo, "three"', 'L'])
    expect(found.units.map(({ line }) => line)).to.deep.equal([2, 3, 5])
  })

  it('loses only the line of a quote that is never closed', async () => {
    const found = await read('Name,Age,Size\nRam,35,"M\nSita,30,L\n"Gita, ""G""",20,"S"\nHari,10,XL', { columns })
    expect(said(found)).to.deep.equal(['CSV_QUOTE 2'])
    expect(found.records.map(({ Name }) => Name)).to.deep.equal(['Sita', 'Gita, "G"', 'Hari'])
    expect(found.units[0]?.raw()).to.equal('Ram,35,"M')
  })

  it('loses only its line, too, when a later inch mark would close it', async () => {
    const wide = ['Name', 'Age', 'Size', 'Ward']
    const text = 'Name,Age,Size,Ward\nRam,35,"M,1\nSita,30,L,2\nGita,20,5",3\nHari,10,XL,4'
    const found = await read(text, { columns: wide })
    expect(said(found)).to.deep.equal(['CSV_QUOTE 2'])
    expect(found.records.map(({ Name }) => Name)).to.deep.equal(['Sita', 'Gita', 'Hari'])
  })

  it('quarantines rows with too few or too many cells, but not for blank ones at the end', async () => {
    const found = await read('Name,Age,Size,,\nRam,35\nSita,30,L,,\nGita,20,S\nHari,10,XL,,,x\nUma,1,S,,,,', {
      columns,
    })
    expect(said(found)).to.deep.equal(['CSV_COLUMNS 2', 'CSV_COLUMNS 5'])
    expect(found.records.map(({ Name }) => Name)).to.deep.equal(['Sita', 'Gita', 'Uma'])
  })

  it('stops at a cell that is larger than allowed, quoted or not, ended or not', async () => {
    const huge = 'x'.repeat(2000)
    for (const cell of [huge, `"${huge}"`, `"${huge}`, huge.repeat(100)]) {
      const found = await read(`Name,Age,Size\nRam,35,${cell}`, { columns, limits: { maxCell: 1000 } })
      expect(found.stop?.code, cell.slice(0, 3)).to.equal('LIMIT_CELL')
    }
  })

  it('stops at an empty file and at a file of another kind', async () => {
    expect((await read('', { columns })).stop?.code).to.equal('FILE_EMPTY')
    expect((await read('\n , ,\n', { columns })).stop?.code).to.equal('FILE_EMPTY')
    expect((await read([Buffer.from('PK\u0003\u0004 and more')], { columns })).stop?.code).to.equal('FILE_FORMAT')
    expect((await read('%PDF-1.4 …', { columns })).stop?.code).to.equal('FILE_FORMAT')
  })

  it('reads the same from pieces of any size', async () => {
    const text = 'Name,Age,Size\r\nराम,३५,"a\r\nb"\r\nSita,30,"broken\r\nGita,20,5" tube\r\n'
    const whole = await read(text, { columns })
    for (const size of [1, 2, 3, 7]) {
      const bytes = Buffer.from(text)
      const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      )
      const found = await read(cut, { columns })
      expect(found.records).to.deep.equal(whole.records)
      expect(said(found)).to.deep.equal(said(whole))
    }
    expect(ignored(whole)).to.deep.equal([])
  })
})
