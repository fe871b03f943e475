import { nearest } from '../../server/fhir/query/suggest.ts'
import { FileStop, issue, type Code, type Issue } from '../issues.ts'
import { undouble } from './double.ts'
import { Columns, fold, type Layout } from './header.ts'
import { fromKrutiDev } from './krutidev.ts'
import { unmarked } from './marks.ts'
import { ENOUGH, suspects } from './suspects.ts'
import {
  SpecFault,
  type Bytes,
  type Seen,
  type Source,
  type SourceOptions,
  type SourceTools,
  type Unit,
} from './source.ts'

/** A row as its file holds it. */
export interface Row {
  readonly cells: readonly string[]
  readonly line: number
  readonly raw: string | (() => string)
  /** It could not be cut into cells. */
  readonly fault?: Code
  readonly notes?: readonly Note[]
}

/** A finding about one cell; it counts when the cell's column is bound. */
export interface Note {
  readonly at: number
  readonly code: Code
  readonly detail: string
}

/** What the reader of rows and the reader of tables tell each other about the file at hand. */
export interface Shape {
  /** The header's width, once it is known. */
  width?: number
  /** Some text looks as if it was encoded twice, or has marks around it. */
  suspect?: boolean
}

/** A format of tables: how its bytes become rows. */
export interface TableFormat {
  rows(bytes: Bytes, seen: Seen, shape: Shape): AsyncIterable<Iterable<Row>>
  /** Rows end with their last filled cell (spreadsheets), so that short ones are no fault. */
  readonly ragged: boolean
  /** The columns' names where the file has no header of its own. */
  readonly header?: readonly string[]
}

/** A row as bindings see it: the bound columns' cells, in the order in which they were bound. */
export type Item = readonly string[]

/** So many filled rows are looked at for the header. */
const HEADER_WITHIN = 30
const NO_ISSUES: readonly Issue[] = []
/** What a printed list underlines with. */
const RULED = /^[-=_+|*. ]+$/
/** `Total patients : 30`, `Grand Total 412`; with no number in its row it is something else (`Total knee replacement`). */
const COUNTED = /^\s*(?:grand\s+)?total[\s:=-]|^\s*कुल(?:\s+योग)?[\s:=-]/iu
const FOOTERS = ['total', 'grandtotal', 'कुल', 'कुलयोग', 'योग']

export function openTable(options: SourceOptions, tools: SourceTools, format: TableFormat): Source<Item> {
  const bound: string[] = []
  const places = new Map<string, number>()
  checkFonts(options)
  return {
    path(text) {
      const name = fold(text)
      if (name === '') throw new SpecFault('A path of a table is the header of a column.')
      if (format.header) refuseUnknown(text, format.header)
      const place = places.get(name) ?? bound.push(text.trim()) - 1
      places.set(name, place)
      return (item) => item[place]
    },
    each({ kind }) {
      throw new SpecFault(`each: ${kind} means nothing to a table; use columns or rows.`)
    },
    async *read(bytes, seen) {
      const shape: Shape = {}
      const table = new Table(new Columns(bound, options, tools), bound, options, format, seen, shape)
      for await (const rows of format.rows(bytes, seen, shape)) {
        const units: Unit<Item>[] = []
        for (const row of rows) table.take(row, units)
        if (units.length > 0) yield units
      }
      const rest = table.end()
      if (rest.length > 0) yield rest
      table.suspect()
    },
  }
}

function refuseUnknown(text: string, columns: readonly string[]): void {
  if (columns.some((column) => fold(column) === fold(text))) return
  const near = nearest(text, columns)
  throw new SpecFault(`source.columns has no "${text}"${near ? `; did you mean "${near}"?` : '.'}`)
}

function checkFonts({ legacyFont = {} }: SourceOptions): void {
  for (const [column, font] of Object.entries(legacyFont)) {
    if (font !== 'krutidev010')
      throw new SpecFault(`legacyFont of "${column}": ${font} is not known, only krutidev010.`)
  }
}

/** The rows of one file on their way to records. */
class Table {
  private layout: Layout | undefined
  /** Rows before the header is found, and how many of them are filled. */
  private waiting: Row[] = []
  private filled = 0
  /** Of the first rows, for what is only suspected. */
  private readonly samples: Item[] = []
  private readonly footers: readonly string[]
  private readonly fonts: ReadonlySet<number>

  constructor(
    private readonly columns: Columns,
    private readonly bound: readonly string[],
    private readonly options: SourceOptions,
    private readonly format: TableFormat,
    private readonly seen: Seen,
    private readonly shape: Shape,
  ) {
    this.footers = (options.footer ?? []).map(fold)
    const legacy = new Set(Object.keys(options.legacyFont ?? {}).map(fold))
    this.fonts = new Set([...bound.keys()].filter((place) => legacy.has(fold(bound[place] ?? ''))))
  }

  take(row: Row, units: Unit<Item>[]): void {
    if (this.layout) {
      units.push(this.unit(row, this.layout))
      return
    }
    this.waiting.push(row)
    if (isBlank(row.cells)) return
    this.filled++
    if (this.isHeader(row)) this.settle(this.waiting.length - 1, units)
    else if (this.filled >= HEADER_WITHIN) this.settle(this.likeliest(), units)
  }

  /** What is left when the file ends before a header was certain. */
  end(): Unit<Item>[] {
    const units: Unit<Item>[] = []
    if (this.layout) return units
    if (this.filled === 0) throw new FileStop(issue('FILE_EMPTY'))
    this.settle(this.likeliest(), units)
    return units
  }

  /** Findings about columns as wholes. */
  suspect(): void {
    const declared = this.bound.filter((_, place) => this.fonts.has(place))
    this.seen.issues.push(...suspects(this.bound, this.samples, declared))
  }

  private isHeader(row: Row): boolean {
    const { titleRows } = this.options
    if (row.fault) return false
    if (this.format.header) return true
    if (titleRows !== undefined) return row.line > titleRows
    const matches = this.columns.matches(row.cells)
    const filled = row.cells.filter((cell) => cell.trim() !== '').length
    return matches > 0 && (matches * 2 >= this.bound.length || (matches > 2 && matches * 2 >= filled))
  }

  /** Of the rows read so far: the one that names most bound columns, else the first of the widest. */
  private likeliest(): number {
    let [best, most] = [0, -1]
    for (const [place, { cells, fault }] of this.waiting.entries()) {
      if (fault) continue
      const filled = cells.filter((cell) => cell.trim() !== '').length
      const score = this.columns.matches(cells) * 1000 + Math.min(filled, 999)
      if (score > most) [best, most] = [place, score]
    }
    return best
  }

  private settle(place: number, units: Unit<Item>[]): void {
    const { waiting, format } = this
    this.waiting = []
    const own = format.header
    const row = waiting[place] as Row
    const header = own ?? row.cells.map((cell) => this.undoubled(cell))
    const layout = this.columns.layout(header, own ? undefined : row.line, this.seen)
    this.layout = layout
    this.shape.width = header.length
    this.seen.header = header
    for (const [at, before] of waiting.entries()) {
      if (own || at > place) units.push(this.unit(before, layout))
      else if (at < place) units.push(ignored(before, isBlank(before.cells) ? 'blank-row' : 'title-row'))
    }
  }

  private undoubled(cell: string): string {
    const { text, state } = this.shape.suspect ? undouble(unmarked(cell)) : { text: cell, state: 'clean' }
    if (state === 'repaired') this.seen.issues.push(issue('ENC_REPAIRED', { column: text.trim() }))
    return text
  }

  private unit(row: Row, layout: Layout): Unit<Item> {
    const { cells } = row
    const rule = this.rule(row, layout)
    if (rule) return ignored(row, rule)
    if (row.fault) return { line: row.line, raw: rawOf(row), issues: [issue(row.fault, { line: row.line })] }
    if (!this.fits(cells, layout)) {
      const detail = `${cells.length} instead of ${layout.header.length}.`
      return { line: row.line, raw: rawOf(row), issues: [issue('CSV_COLUMNS', { line: row.line, detail })] }
    }
    const item: string[] = []
    for (const at of layout.index) item.push(at < 0 ? '' : (cells[at] ?? ''))
    const issues = this.shape.suspect || row.notes ? this.mend(item, row, layout) : NO_ISSUES
    if (this.samples.length < ENOUGH) this.samples.push(item)
    for (const place of this.fonts) item[place] = fromKrutiDev(item[place] ?? '')
    return { item, line: row.line, raw: rawOf(row), issues }
  }

  /** Why a row is no record, if it is none. */
  private rule({ cells, line, fault }: Row, { header }: Layout): string | undefined {
    if (this.format.header && line <= (this.options.titleRows ?? 0)) return 'title-row'
    if (fault === 'CSV_QUOTE') return undefined
    const first = cells.findIndex((cell) => cell !== '' && cell.trim() !== '')
    if (first < 0) return fault ? undefined : 'blank-row'
    const cell = cells[first] as string
    if (this.same(cell, header[first]) && cells.every((other, at) => this.same(other, header[at] ?? ''))) {
      return 'repeated-header'
    }
    if (this.format.header && RULED.test(cell) && cells.every((other) => other === '' || RULED.test(other))) {
      return 'ruled-line'
    }
    return this.isFooter(cell, cells) ? 'footer' : undefined
  }

  /** Names that a facility file gives to places are seldom spelled as in the file. */
  private same(cell: string, name: string | undefined): boolean {
    return cell === name || (this.format.header !== undefined && name !== undefined && fold(cell) === fold(name))
  }

  /** As declared; else one of the usual words alone in a row that is mostly empty. */
  private isFooter(cell: string, cells: readonly string[]): boolean {
    if (this.options.footer) {
      if (this.footers.length === 0) return false
      const word = fold(cell)
      return this.footers.some((footer) => word.startsWith(footer))
    }
    if (cell.length > 40 || !/^\s*[tgकय]/i.test(cell)) return false
    const counted = COUNTED.test(cell) && cells.some((other) => /\p{Nd}/u.test(other))
    if (!counted && !FOOTERS.includes(fold(cell))) return false
    const width = this.layout?.header.length ?? cells.length
    const filled = cells.filter((other) => other.trim() !== '').length
    return filled < width && filled <= Math.max(2, width / 2)
  }

  private fits(cells: readonly string[], { header, least }: Layout): boolean {
    if (cells.length === header.length || this.format.ragged) return true
    if (cells.length < header.length) return cells.length >= least
    return cells.slice(header.length).every((cell) => cell.trim() === '')
  }

  /** Text with marks or encoded twice, in the bound cells; a legacy font's letters only look like it. */
  private mend(item: string[], { line, notes = [] }: Row, { index }: Layout): readonly Issue[] {
    const found: Issue[] = []
    for (const { at, code, detail } of notes) {
      const column = this.bound[index.indexOf(at)]
      if (column !== undefined) found.push(issue(code, { line, column, detail }))
    }
    for (const [place, cell] of item.entries()) {
      if (this.fonts.has(place)) continue
      const { text, state } = undouble(unmarked(cell))
      item[place] = text
      if (state === 'clean') continue
      const code = state === 'repaired' ? 'ENC_REPAIRED' : 'ENC_DOUBLE'
      found.push(issue(code, { line, column: this.bound[place] ?? '' }))
    }
    return found
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '')
}

function ignored(row: Row, rule: string): Unit<Item> {
  return { line: row.line, raw: rawOf(row), issues: NO_ISSUES, ignored: rule }
}

function rawOf({ raw }: Row): () => string {
  return typeof raw === 'string' ? () => raw : raw
}
