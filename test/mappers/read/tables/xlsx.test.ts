import { expect } from 'chai'
import fc from 'fast-check'
import { strToU8, zipSync } from 'fflate'
import { ignored, read, said, type Given } from './open.ts'
import { inline, styled, typed, workbook, type Book, type Cell } from './workbook.ts'

const columns = ['Name', 'Mobile', 'Date']
const header = columns

function readBook(book: Book, given: Partial<Given> = {}) {
  return readFile(workbook(book), given)
}

function readFile(file: Uint8Array, { options, ...given }: Partial<Given> = {}) {
  return read([file], { columns, ...given, options: { kind: 'xlsx', ...options } })
}

/** One value in the date column. */
async function cell(value: Cell, formats: Book['formats'] = [0], since1904 = false): Promise<string | undefined> {
  const found = await readBook({ sheets: [{ rows: [header, ['Ram', '1', value]] }], formats, since1904 })
  return found.records[0]?.['Date']
}

describe('mappers: XLSX', () => {
  it('reads what Excel writes and what others write alike', async () => {
    for (const by of ['excel', 'other'] as const) {
      const found = await readBook({
        by,
        sheets: [
          { rows: [header, ['राम', 9827112345, '<r><t>12 </t></r><r><t>May</t></r>'], ['Sita & Co', null, 'x']] },
        ],
      })
      expect(found.records, by).to.deep.equal([
        { Name: 'राम', Mobile: '9827112345', Date: '12 May' },
        { Name: 'Sita & Co', Mobile: '', Date: 'x' },
      ])
      expect(found.units.map(({ line }) => line)).to.deep.equal([2, 3])
      expect(found.units[1]?.raw()).to.equal('Sita & Co,,x')
    }
  })

  it('keeps all digits of numbers, and text that only looks like one', async () => {
    const cases: [Cell, string][] = [
      [9827112345, '9827112345'],
      [styled('9.827112345E9', 0), '9827112345'],
      [91827112345678, '91827112345678'],
      [styled('98.599999999999994', 0), '98.6'],
      [styled('1.0000000000000001E-7', 0), '0.0000001'],
      [styled('0.30000000000000004', 0), '0.3'],
      [styled('1.5E+21', 0), '1500000000000000000000'],
      ['9.82711E+09', '9.82711E+09'],
      [-4, '-4'],
      [typed('str', 'UHID-7', '<f>A1&amp;B1</f>'), 'UHID-7'],
      [typed('n', '12', '<f>6+6</f>'), '12'],
      [typed('b', '1'), 'TRUE'],
      [typed('b', '0'), 'FALSE'],
      [typed('d', '2024-01-01T00:00:00'), '2024-01-01'],
      [inline('<t>a</t><rPh><t>b</t></rPh>'), 'a'],
      ['one_x000D_\ntwo', 'one\ntwo'],
    ]
    for (const [value, text] of cases) expect(await cell(value)).to.equal(text)
  })

  it('reads serial dates by their style and never through local time', async () => {
    const zone = process.env['TZ']
    try {
      for (const tz of ['Asia/Kolkata', 'America/Los_Angeles', 'Pacific/Auckland']) {
        process.env['TZ'] = tz
        expect(await cell(styled(45292, 1), [0, 14])).to.equal('2024-01-01')
        expect(await cell(styled(43830, 1), [0, 14], true)).to.equal('2024-01-01')
        expect(await cell(styled(45292.395833333336, 1), [0, 22])).to.equal('2024-01-01 09:30')
        expect(await cell(styled(45292.99999999, 1), [0, 'dd/mm/yyyy hh:mm'])).to.equal('2024-01-02')
        expect(await cell(styled(0.395833333333333, 1), [0, 20])).to.equal('09:30')
        expect(await cell(styled(60, 1), [0, 14])).to.equal('1900-02-28')
        expect(await cell(styled(61, 1), [0, 14])).to.equal('1900-03-01')
        expect(await cell(styled(1, 1), [0, 14])).to.equal('1900-01-01')
      }
    } finally {
      if (zone === undefined) delete process.env['TZ']
      else process.env['TZ'] = zone
    }
  })

  it('tells formats of dates from those of numbers', async () => {
    const dates = [
      'dd/mm/yyyy',
      'd-mmm-yy',
      '[$-4009]dd\\-mm\\-yyyy;@',
      'yyyy\\-mm\\-dd',
      'mmm-yy',
      '"Dt. "d.m.yyyy',
      'mmmm d, yyyy',
    ]
    for (const format of dates) expect(await cell(styled(45292, 1), [0, format]), format).to.equal('2024-01-01')
    const numbers = [
      '0.00',
      '#,##0',
      '[Red]0',
      '0.0E+00',
      '"Rs. "#,##0',
      'General',
      '0" mmHg"',
      '0.0" gm/dl"',
      '_(* #,##0_)',
    ]
    for (const format of numbers) expect(await cell(styled(45292, 1), [0, format]), format).to.equal('45292')
    expect(await cell(styled(0.5, 1), [0, 'h:mm AM/PM'])).to.equal('12:00')
    expect(await cell(styled(1.25, 1), [0, '[h]:mm'])).to.equal('30:00')
    expect(await cell(styled(493113, 1), [0, '00000000'])).to.equal('00493113')
  })

  it('takes every day of a century to its own date', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 61, max: 73050 }), fc.boolean(), async (serial, since1904) => {
        const start = since1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, 30)
        const expected = new Date(start + serial * 86_400_000).toISOString().slice(0, 10)
        expect(await cell(styled(serial, 1), [0, 14], since1904)).to.equal(expected)
      }),
      { numRuns: 50 },
    ))

  it('takes the named sheet, else the first that is shown', async () => {
    const rows = (name: string) => [header, [name, '', '']]
    const book: Book = {
      sheets: [{ rows: rows('old'), hidden: true }, { rows: rows('new') }, { rows: rows('opd'), name: 'OPD Reg' }],
    }
    expect((await readBook(book)).records[0]?.['Name']).to.equal('new')
    expect((await readBook(book, { options: { sheet: 'opd reg' } })).records[0]?.['Name']).to.equal('opd')
    const missing = await readBook(book, { options: { sheet: 'IPD' } })
    expect(missing.stop?.code).to.equal('FILE_FORMAT')
    expect(missing.stop?.message).to.contain('"OPD Reg"')
  })

  it('reads hidden rows, and a cell merged over rows holds for all of them', async () => {
    const found = await readBook({
      sheets: [
        {
          rows: [['Register', null, null], header, ['Ram', '1', 'a'], [null, null, 'b'], ['Sita', '2', 'c']],
          hiddenRows: [4],
          after:
            '<mergeCells count="3"><mergeCell ref="A1:C1"/><mergeCell ref="A3:A4"/><mergeCell ref="B3:B4"/></mergeCells><dataValidations><dataValidation sqref="C3:C9"/></dataValidations>',
        },
      ],
    })
    expect(found.records.map(({ Name, Mobile, Date: at }) => [Name, Mobile, at])).to.deep.equal([
      ['Ram', '1', 'a'],
      ['Ram', '1', 'b'],
      ['Sita', '2', 'c'],
    ])
    expect(ignored(found)).to.deep.equal(['title-row 1'])
  })

  it('leaves out what a formula failed to find, with a warning where the column is bound', async () => {
    const found = await readBook(
      {
        sheets: [
          {
            rows: [
              [...header, 'Old'],
              ['Ram', typed('e', '#N/A'), 'a', typed('e', '#REF!')],
            ],
          },
        ],
      },
      { options: { ignoreColumns: ['Old'] } },
    )
    expect(found.records[0]?.['Mobile']).to.equal('')
    expect(said(found)).to.deep.equal(['VALUE_FORMAT 2'])
    expect(found.units[0]?.issues[0]?.column).to.equal('Mobile')
  })

  it('stops at a ZIP bomb before any row is read', async () => {
    const bomb = strToU8(
      `<worksheet><sheetData><row><c t="inlineStr"><is><t>${' '.repeat(15_000_000)}</t></is></c></row></sheetData></worksheet>`,
    )
    for (const part of ['xl/worksheets/sheet1.xml', 'xl/sharedStrings.xml']) {
      const found = await readFile(workbook({ sheets: [{ rows: [header, ['Ram', '1', 'a']] }] }, { [part]: bomb }))
      expect(found.stop?.code, part).to.equal('LIMIT_RATIO')
      expect(found.units).to.have.length(0)
    }
  })

  it('stops at entities, huge cells, too much, damage and other kinds of files', async () => {
    const rows = [header, ['Ram', '1', 'x'.repeat(2000)]]
    const laughs =
      '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><worksheet><sheetData><row><c t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>'
    const file = workbook({ sheets: [{ rows }] })
    const stops = async (bytes: Uint8Array, given: Partial<Given> = {}) => (await readFile(bytes, given)).stop?.code
    expect(await stops(workbook({ sheets: [{ rows }] }, { 'xl/worksheets/sheet1.xml': strToU8(laughs) }))).to.equal(
      'LIMIT_ENTITY',
    )
    expect(
      await stops(workbook({ sheets: [{ rows }] }, { 'xl/worksheets/sheet1.xml': strToU8('<worksheet><row>') })),
    ).to.equal('FILE_FORMAT')
    for (const by of ['excel', 'other'] as const) {
      expect(await stops(workbook({ by, sheets: [{ rows }] }), { limits: { maxCell: 1000 } })).to.equal('LIMIT_CELL')
    }
    expect(await stops(file, { limits: { maxBytes: 500 } })).to.equal('LIMIT_SIZE')
    expect(await stops(file.slice(0, file.length - 100))).to.equal('FILE_FORMAT')
    expect(await stops(zipSync({ 'letter.txt': strToU8('dear') }))).to.equal('FILE_FORMAT')
    expect(await stops(Buffer.from('Name,Mobile\nRam,1'))).to.equal('FILE_FORMAT')
    expect(await stops(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).to.equal('FILE_FORMAT')
    expect(await stops(new Uint8Array())).to.equal('FILE_EMPTY')
    expect(await stops(workbook({ sheets: [{ rows: [] }] }))).to.equal('FILE_EMPTY')
  })

  it('never throws anything but a stop at a damaged file', () => {
    const file = workbook({ sheets: [{ rows: [header, ['Ram', '1', 'a'], ['Sita', '2', 'b']] }] })
    return fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.nat(255), async (at, byte) => {
        const damaged = Uint8Array.from(file)
        damaged[at] = byte
        await readFile(damaged)
      }),
      { numRuns: 300 },
    )
  })
})
