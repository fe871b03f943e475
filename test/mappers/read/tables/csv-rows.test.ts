import { expect } from 'chai'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import papaparse from 'papaparse'
import { CsvRows } from '../../../../mappers/read/csv.ts'
import type { Row } from '../../../../mappers/read/table.ts'
import { heapHeld } from '../../../harness/heap.ts'
import { open } from './open.ts'

/** Cells as people and machines write them, with all that CSV has to quote. */
const cell = fc.oneof(
  fc.constantFrom('', 'राम', '5" tube', '"', '""', ',', '\n', 'a,b', 'one\ntwo', ' x ', 'कुल', "O'Neil", '😀'),
  fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ', 'ि'), maxLength: 6 }),
)

const table = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }))

function quoted(value: string, always: boolean): string {
  return always || /[",;\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function write(rows: readonly (readonly string[])[], separator: string, end: string, always: boolean): string {
  return rows.map((row) => row.map((value) => quoted(value, always)).join(separator)).join(end)
}

/** All rows of a text that comes in pieces of a size. */
function rowsOf(
  text: string,
  { separator = ',', size = 7, width }: { separator?: string; size?: number; width?: number } = {},
): Row[] {
  const rows = new CsvRows(separator, 100_000, width === undefined ? {} : { width })
  const found: Row[] = []
  const take = () => {
    for (let row = rows.next(); row; row = rows.next()) found.push(row)
  }
  for (let at = 0; at < text.length; at += size) {
    rows.feed(text.slice(at, at + size))
    take()
  }
  rows.end()
  take()
  return found
}

/** An empty last line is a row to some and none to others. */
function filled(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.slice(0, rows.findLastIndex((row) => row.join('') !== '' || row.length > 1) + 1)
}

describe('mappers: rows of CSV', () => {
  it('reads well-formed files as csv-parse and papaparse do, from pieces of any size', () => {
    fc.assert(
      fc.property(
        table,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (rows, separator, end, always, size) => {
          const text = write(rows, separator, end, always)
          fc.pre(text !== '')
          const found = rowsOf(text, { separator, size }).map(({ cells }) => [...cells])
          const papa = papaparse.parse<string[]>(text, { delimiter: separator, newline: end }).data
          expect(filled(found)).to.deep.equal(filled(papa))
          const options = { delimiter: separator, relax_column_count: true, record_delimiter: [end] }
          expect(filled(found)).to.deep.equal(filled(parse(text, options)))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('counts physical lines, with line ends inside of cells', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 40 }), (rows, size) => {
        let line = 1
        const expected = rows.map((row) => {
          const at = line
          line += 1 + row.join('').split('\n').length - 1
          return at
        })
        const found = rowsOf(write(rows, ',', '\n', true), { size })
        expect(found.map((row) => row.line)).to.deep.equal(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('loses only the broken lines of a file, wherever they are and whatever stands behind them', () => {
    const width = 5
    // Multi-line cells hold prose; one whose every line is itself a row of the table nobody can tell from broken rows.
    const value = fc.constantFrom(
      '',
      'राम',
      'a,b',
      'say ""x""'.replaceAll('""', '"'),
      'one\ntwo',
      'x',
      '5',
      'Ward 3, Raipur\nCG',
    )
    const good = fc.array(value, { minLength: width, maxLength: width }).map((row) => ({
      broken: false,
      row,
      text: row.map((each) => quoted(each, false)).join(','),
    }))
    const always = fc.array(value, { minLength: width, maxLength: width }).map((row) => ({
      broken: false,
      row,
      text: row.map((each) => quoted(each, true)).join(','),
    }))
    const broken = fc.tuple(fc.nat(width - 1), fc.constantFrom('abc', 'अ ब', '7 x')).map(([at, word]) => ({
      broken: true,
      row: [] as string[],
      text: Array.from({ length: width }, (_, place) => (place === at ? `"${word}` : 'z')).join(','),
    }))
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof({ weight: 4, arbitrary: good }, { weight: 3, arbitrary: always }, { weight: 1, arbitrary: broken }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.integer({ min: 1, max: 60 }),
        (lines, size) => {
          const found = rowsOf(lines.map(({ text }) => text).join('\n'), { size, width })
          expect(found.map(({ cells, fault }) => (fault ? fault : [...cells]))).to.deep.equal(
            lines.map(({ row, broken: bad }) => (bad ? 'CSV_QUOTE' : row)),
          )
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('never loses or repeats text, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '1'), maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        (text, size, width) => {
          const found = rowsOf(text, { size, ...(width !== undefined && { width }) })
          const raw = found.map((row) => (typeof row.raw === 'string' ? row.raw : row.raw())).join('\n')
          expect(raw).to.equal(text.replace(/\r\n?/g, '\n').replace(/\n$/, ''))
          expect(found).to.deep.equal(rowsOf(text, { size: 1000, ...(width !== undefined && { width }) }))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('stays linear when every line opens a quote', () => {
    const time = (lines: number) => {
      const start = performance.now()
      const found = rowsOf('a,"b ""\n'.repeat(lines), { size: 65536 })
      expect(found.every(({ fault }) => fault === 'CSV_QUOTE')).to.equal(true)
      return performance.now() - start
    }
    time(1000)
    // the best of as many as it takes, for others use the machine, too: where it is not linear, none is good enough
    let [few, many] = [Infinity, Infinity]
    for (let n = 0; n < 5 || (n < 100 && many / Math.max(few, 2) >= 12); n++) {
      few = Math.min(few, time(2000))
      many = Math.min(many, time(8000))
    }
    expect(many / Math.max(few, 2)).to.be.below(16)
  })

  it('reads 60 MB in constant memory', async function () {
    const header = Array.from({ length: 25 }, (_, at) => `Column ${String.fromCharCode(65 + at)}`)
    const line = Buffer.from(
      `${Array.from({ length: 25 }, (_, at) => (at === 1 ? 'मरीज का नाम' : `value ${at}`)).join(',')}\n`,
    )
    const chunk = Buffer.concat(Array.from({ length: 200 }, () => line))
    async function* file() {
      yield Buffer.from(`${header.join(',')}\n`)
      for (let sent = 0; sent < 60_000_000; sent += chunk.length) yield chunk
    }
    const source = open()
    for (const column of header) source.path(column)
    let rows = 0
    let most = 0
    const before = heapHeld()
    for await (const batch of source.read(file(), { issues: [] })) {
      rows += batch.length
      if (rows % 50_000 < batch.length) most = Math.max(most, heapHeld() - before)
    }
    expect(rows).to.be.above(200_000)
    expect(most / 1e6).to.be.below(30)
  })
})
