import { FileStop, issue } from '../../issues.ts'
import type { Note, Row } from '../table.ts'
import { cellText, type Shown } from './formats.ts'
import { parse, StringText, type Attributes } from './parts.ts'
import { unpack, type Entry } from './zip.ts'

/** What the cells of a sheet refer to. */
export interface Book {
  readonly strings: readonly string[]
  readonly formats: readonly Shown[]
  readonly since1904: boolean
  readonly maxCell: number
}

const MOST_COLUMNS = 16384
const NUMBER: Shown = { as: 'number' }

/** The rows of a worksheet (ECMA-376 part 1, 18.3), some at a time; hidden ones, too: a filter hides but does not delete. */
export function* rowsOf(entry: Entry, book: Book): Generator<Row[]> {
  const rows: Row[] = []
  const cells = new SheetRows(book, mergesOf(entry), rows)
  for (const _ of parse(entry, cells)) {
    if (rows.length > 0) yield rows.splice(0)
  }
  if (rows.length > 0) yield rows
}

/** A range that is one cell over several rows: what stands in its first row holds for all. */
interface Merge {
  readonly column: number
  readonly last: number
}

/**
 * The merged ranges stand behind the rows, so the sheet is unpacked twice; this also finds a bomb before anything is read.
 * Only ranges over several rows matter: over columns, the first column has the value.
 */
function mergesOf(entry: Entry): ReadonlyMap<number, readonly Merge[]> {
  const merges = new Map<number, Merge[]>()
  let pending = ''
  let found = false
  for (const chunk of unpack(entry)) {
    pending += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).toString('latin1')
    found ||= pending.includes('mergeCells')
    pending = found ? takeMerges(pending, merges) : pending.slice(-20)
  }
  return merges
}

/** Answers what may be the beginning of the next one. */
function takeMerges(text: string, merges: Map<number, Merge[]>): string {
  let end = 0
  for (const match of text.matchAll(/mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"/g)) {
    const [, letters = '', first, last] = match
    end = match.index + match[0].length
    if (Number(last) <= Number(first)) continue
    const merge = { column: columnOf(letters), last: Number(last) }
    const others = merges.get(Number(first))
    if (others) others.push(merge)
    else merges.set(Number(first), [merge])
  }
  return text.slice(Math.max(end, text.length - 60))
}

class SheetRows {
  private row = 0
  private column = -1
  private type = ''
  private shown: Shown = NUMBER
  private value = ''
  private inValue = false
  private cells: string[] = []
  private notes: Note[] = []
  private readonly string: StringText
  /** Of each column that a merged range still covers: until which row, and what. */
  private readonly covered = new Map<number, { readonly last: number; readonly text: string }>()

  constructor(
    private readonly book: Book,
    private readonly merges: ReadonlyMap<number, readonly Merge[]>,
    private readonly rows: Row[],
  ) {
    this.string = new StringText(book.maxCell)
  }

  open = (name: string, attributes: Attributes): void => {
    if (name === 'c') this.openCell(attributes)
    else if (name === 'v') this.inValue = true
    else if (name === 'row') {
      this.row = Number(attributes['r'] ?? this.row + 1)
      this.column = -1
      this.cells = []
      this.notes = []
    } else this.string.open(name)
  }

  text = (piece: string): void => {
    if (!this.inValue) return this.string.add(piece)
    this.value += piece
    if (this.value.length > this.book.maxCell) throw new FileStop(issue('LIMIT_CELL', { line: this.row }))
  }

  close = (name: string): void => {
    if (name === 'v') this.inValue = false
    else if (name === 'c') this.closeCell()
    else if (name === 'row') this.closeRow()
    else this.string.close(name)
  }

  private openCell(attributes: Attributes): void {
    const ref = attributes['r']
    this.column = ref === undefined ? this.column + 1 : columnOf(ref.replace(/\d+$/, ''))
    if (this.column >= MOST_COLUMNS)
      throw new FileStop(issue('FILE_FORMAT', { line: this.row, detail: 'Too many columns.' }))
    this.type = attributes['t'] ?? 'n'
    this.shown = this.book.formats[Number(attributes['s'] ?? 0)] ?? NUMBER
    this.value = ''
    this.string.take()
  }

  private closeCell(): void {
    const text = this.cell()
    if (text === '') return
    while (this.cells.length < this.column) this.cells.push('')
    this.cells[this.column] = text
  }

  /** By the cell's type (18.18.11); a formula's result is its value. */
  private cell(): string {
    const { type, value, book } = this
    if (type === 's') return book.strings[Number(value)] ?? ''
    if (type === 'inlineStr') return this.string.take()
    if (type === 'str') return value
    if (type === 'b') return value === '1' || value === 'true' ? 'TRUE' : value === '' ? '' : 'FALSE'
    if (type === 'd') return value.replace(/T00:00(:00(\.0+)?)?Z?$/, '').replace('T', ' ')
    if (type !== 'e') return cellText(value, this.shown, book.since1904)
    // #N/A and the like: what a formula failed to find is no value.
    this.notes.push({ at: this.column, code: 'VALUE_FORMAT', detail: `The formula failed: ${value}.` })
    return ''
  }

  private closeRow(): void {
    for (const [column, { last, text }] of this.covered) {
      if (this.row > last) this.covered.delete(column)
      else if ((this.cells[column] ?? '') === '') {
        while (this.cells.length < column) this.cells.push('')
        this.cells[column] = text
      }
    }
    for (const { column, last } of this.merges.get(this.row) ?? []) {
      const text = this.cells[column] ?? ''
      if (text !== '') this.covered.set(column, { last, text })
    }
    const { cells, row: line, notes } = this
    this.rows.push({ cells, line, raw: () => csvLine(cells), ...(notes.length > 0 && { notes }) })
  }
}

/** `A` → 0, `AB` → 27. */
function columnOf(letters: string): number {
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

/** A row as CSV has it: for errors.csv and fingerprints. */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
}
