import { expect } from 'chai'
import { SpecFault } from '../../../../mappers/read/source.ts'
import { ignored, open, read, said } from './open.ts'

const options = { kind: 'fixed', columns: { Name: '1-10', Sex: '11', Mobile: '12-21', Notes: '22-' } }
const columns = ['Name', 'Sex', 'Mobile', 'Notes']

describe('mappers: fixed width', () => {
  it('cuts by characters, with or without padding, in any encoding', async () => {
    const lines = ['राम कुमार M9827112345fever', 'Sita      F', '', 'Gita      F9827154321   two days ']
    for (const end of ['\n', '\r\n', '\r']) {
      for (const encoding of ['utf8', 'utf16le'] as const) {
        const found = await read([Buffer.from(lines.join(end), encoding)], { columns, options })
        expect(found.records).to.deep.equal([
          { Name: 'राम कुमार', Sex: 'M', Mobile: '9827112345', Notes: 'fever' },
          { Name: 'Sita', Sex: 'F', Mobile: '', Notes: '' },
          { Name: 'Gita', Sex: 'F', Mobile: '9827154321', Notes: 'two days' },
        ])
        expect(ignored(found)).to.deep.equal(['blank-row 3'])
      }
    }
  })

  it('cuts by bytes where the encoding has single ones, and by characters beyond the basic plane', async () => {
    const latin = await read([Buffer.from('Jos\u00e9      M9827112345', 'latin1')], {
      columns,
      options: { ...options, encoding: ['windows-1252'] },
    })
    expect(latin.records[0]).to.deep.include({ Name: 'José', Sex: 'M' })
    expect((await read('😀 Ram     M', { columns, options })).records[0]).to.deep.include({ Name: '😀 Ram', Sex: 'M' })
  })

  it('ignores titles, its own header, ruled lines and footers', async () => {
    const text = 'OPD REPORT\nNAME      S\n--------------------\nRam       M\nTotal     1\n'
    const found = await read(text, {
      columns: ['Name', 'S'],
      options: { kind: 'fixed', columns: { Name: '1-10', S: '11' }, titleRows: 1, footer: ['Total'] },
    })
    expect(ignored(found)).to.deep.equal(['title-row 1', 'repeated-header 2', 'ruled-line 3', 'footer 5'])
    expect(found.records).to.deep.equal([{ Name: 'Ram', S: 'M' }])
  })

  it('quarantines a line with text behind its last column', async () => {
    const found = await read('Ram       M\nSita      F and more', {
      columns: ['Name'],
      options: { kind: 'fixed', columns: { Name: '1-10', Sex: '11' } },
    })
    expect(said(found)).to.deep.equal(['CSV_COLUMNS 2'])
    expect(found.units[1]?.raw()).to.equal('Sita      F and more')
  })

  it('refuses ranges that are none, columns that are not declared, and lines without end', async () => {
    for (const range of ['0-3', '5-2', 'a-b', '1-2-3', '']) {
      expect(() => open({ kind: 'fixed', columns: { Name: range } }), range).to.throw(SpecFault)
    }
    expect(() => open({ kind: 'fixed' })).to.throw(SpecFault)
    expect(() => open(options).path('Nmae')).to.throw(SpecFault, '"Name"')
    const found = await read('x'.repeat(100_000), { columns, options, limits: { maxCell: 1000 } })
    expect(found.stop?.code).to.equal('LIMIT_CELL')
  })
})
