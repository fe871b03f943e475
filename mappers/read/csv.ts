import { FileStop, issue } from '../issues.ts'
import { maybeDouble } from './double.ts'
import { maybeMarked } from './marks.ts'
import type { Source, SourceOptions, SourceTools } from './source.ts'
import { openTable, type Item, type Row, type Shape } from './table.ts'
import { checkEncodings, decode } from './text.ts'

/** CSV and TSV: any one separator, found by itself when it is not declared. */
export function openCsv(options: SourceOptions, tools: SourceTools): Source<Item> {
  const encodings = options.encoding ?? ['utf-8']
  checkEncodings(encodings)
  return openTable(options, tools, {
    ragged: false,
    async *rows(bytes, seen, shape) {
      const rows = new CsvRows(options.separator, tools.limits.maxCell, shape)
      for await (const piece of decode(bytes, encodings, seen)) {
        shape.suspect ||= maybeDouble(piece) || maybeMarked(piece)
        rows.feed(piece)
        seen.separator = rows.separator ?? ','
        yield each(rows)
      }
      rows.end()
      yield each(rows)
    },
  })
}

function* each(rows: CsvRows): Generator<Row> {
  for (let row = rows.next(); row; row = rows.next()) yield row
}

/** An open quotation mark is looked after for so many lines; then it counts as never closed. */
const MOST_LINES = 1000
/** From this many columns on, a line inside of a cell that happens to have as many is no chance. */
const TELLING_WIDTH = 4

/** What was found from one place of the text on. */
type Found =
  | {
      readonly state: 'row'
      readonly cells: string[]
      readonly end: number
      /** Line ends inside of cells. */
      readonly breaks: number
      /** No quotation mark stands where it should not. */
      readonly tidy: boolean
      /** A cell of several lines ends in a mark that could as well open the next one. */
      readonly doubtful: boolean
    }
  | { readonly state: 'broken' }
  | { readonly state: 'more' }

const BROKEN: Found = { state: 'broken' }
const MORE: Found = { state: 'more' }

/**
 * Rows of CSV text (RFC 4180), with LF, CRLF or CR. `feed` pieces, ask `next` until it has none, then `end`. Lines without
 * a quotation mark are simply split. A quotation mark that is never closed, or closed in the middle of a cell, costs its
 * own line only (CSV_QUOTE): reading goes on with the next. No more is kept than the row at hand.
 */
export class CsvRows {
  private text = ''
  private at = 0
  private line = 1
  private quote = -1
  private ended = false
  private held = ''

  constructor(
    public separator: string | undefined,
    private readonly maxCell: number,
    /** Its width tells a broken line from a cell of several lines. */
    private readonly shape: Shape = {},
  ) {}

  feed(piece: string): void {
    let text = this.held + piece
    this.held = ''
    if (text.endsWith('\r')) [text, this.held] = [text.slice(0, -1), '\r']
    if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
    this.text = this.at < this.text.length ? this.text.slice(this.at) + text : text
    this.at = 0
    this.quote = -1
    this.separator ??= separatorOf(this.text)
  }

  end(): void {
    if (this.held) this.feed('\n')
    this.ended = true
  }

  next(): Row | undefined {
    const { text, at } = this
    let eol = text.indexOf('\n', at)
    if (eol < 0) {
      if (!this.ended) return this.wait(at)
      if (at >= text.length) return undefined
      eol = text.length
    }
    if (this.quote < at) {
      this.quote = text.indexOf('"', at)
      if (this.quote < 0) this.quote = Infinity
    }
    return this.quote > eol ? this.plain(eol) : this.quoted(eol)
  }

  private plain(eol: number): Row {
    const raw = this.text.slice(this.at, eol)
    const cells = raw.split(this.separator as string)
    if (raw.length > this.maxCell) this.limit(cells, this.line)
    const row = { cells, line: this.line, raw }
    this.at = eol + 1
    this.line++
    return row
  }

  private quoted(eol: number): Row | undefined {
    const found = this.parse(this.at)
    if (found.state === 'more') return undefined
    if (found.state === 'row') {
      const swallowed = this.swallowed(found, eol)
      if (swallowed === 'more') return undefined
      if (!swallowed) return this.take(found)
    }
    const row: Row = { cells: [], line: this.line, raw: this.text.slice(this.at, eol), fault: 'CSV_QUOTE' }
    this.at = eol + 1
    this.line++
    return row
  }

  private take({ cells, end, breaks }: Found & { state: 'row' }): Row {
    this.limit(cells, this.line)
    const row = { cells, line: this.line, raw: this.text.slice(this.at, end) }
    this.at = end + 1
    this.line += breaks + 1
    return row
  }

  /** Whether a row of several lines is really a broken line that took the next ones with it. */
  private swallowed(row: Found & { state: 'row' }, eol: number): boolean | 'more' {
    const { width } = this.shape
    if (row.breaks === 0 || width === undefined || width < 2) return false
    if (row.cells.length === width && !row.doubtful && width < TELLING_WIDTH) return false
    const next = this.parse(eol + 1)
    if (next.state === 'more') return 'more'
    return next.state === 'row' && next.tidy && next.cells.length === width
  }

  /** One row from a place on, with its quoted cells. */
  private parse(start: number): Found {
    const { text } = this
    const separator = this.separator as string
    const cells: string[] = []
    let [at, breaks, tidy, doubtful] = [start, 0, true, false]
    for (;;) {
      if (text.charCodeAt(at) !== 34) {
        const eol = this.endOfLine(at)
        if (eol < 0) return MORE
        let end = text.indexOf(separator, at)
        if (end < 0 || end > eol) end = eol
        const cell = text.slice(at, end)
        if (cell.includes('"')) tidy = false
        cells.push(cell)
        if (end === eol) return { state: 'row', cells, end, breaks, tidy, doubtful }
        at = end + separator.length
        continue
      }
      const close = this.close(at)
      if (typeof close !== 'number') return close
      const cell = text.slice(at + 1, close)
      const inside = lineEnds(cell)
      if (inside > MOST_LINES) return BROKEN
      if (inside > 0) doubtful ||= cell.endsWith('\n') || cell.endsWith(separator)
      breaks += inside
      cells.push(cell.includes('"') ? cell.replaceAll('""', '"') : cell)
      let after = close + 1
      while (text[after] === ' ' && separator !== ' ') after++
      if (after >= text.length && !this.ended) return MORE
      if (after >= text.length || text[after] === '\n') {
        return { state: 'row', cells, end: after, breaks, tidy, doubtful }
      }
      if (!text.startsWith(separator, after)) return BROKEN
      at = after + separator.length
    }
  }

  /** Where the quotation mark stands that closes the one at `open`. */
  private close(open: number): number | Found {
    const { text } = this
    let from = open + 1
    for (;;) {
      const mark = text.indexOf('"', from)
      if (mark < 0) return this.unclosed(open)
      if (mark - open > this.maxCell) return this.unclosed(open)
      if (mark + 1 >= text.length && !this.ended) return MORE
      if (text.charCodeAt(mark + 1) !== 34) return mark
      from = mark + 2
    }
  }

  private unclosed(open: number): Found {
    const { text, maxCell } = this
    if (!this.ended && text.length - open <= maxCell && lineEnds(text.slice(open)) <= MOST_LINES) return MORE
    const eol = this.endOfLine(open)
    if (eol < 0 || eol - open > maxCell) throw tooLarge(this.line)
    return BROKEN
  }

  private endOfLine(at: number): number {
    const eol = this.text.indexOf('\n', at)
    return eol < 0 && this.ended ? this.text.length : eol
  }

  /** A line that does not end is not waited for without bound. */
  private wait(at: number): undefined {
    if (this.text.length - at > this.maxCell * 16) throw tooLarge(this.line)
    return undefined
  }

  private limit(cells: readonly string[], line: number): void {
    if (cells.some((cell) => cell.length > this.maxCell)) throw tooLarge(line)
  }
}

function tooLarge(line: number): FileStop {
  return new FileStop(issue('LIMIT_CELL', { line }))
}

function lineEnds(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

/**
 * The separator that splits most of the first lines into equally many cells; the one that makes more of them wins a tie.
 * Excel's own first line `sep=;` says it outright.
 */
export function separatorOf(head: string): string {
  const said = /^sep=(.)\s*$/im.exec(head.slice(0, 10).split('\n')[0] ?? '')?.[1]
  if (said !== undefined) return said
  const lines = head
    .slice(0, 65536)
    .replace(/"[^"]*"/g, '')
    .split('\n', 31)
  let best = { separator: ',', lines: 0, cells: 0 }
  for (const separator of [',', ';', '\t', '|']) {
    const counts = new Map<number, number>()
    for (const line of lines) {
      const cells = line.split(separator).length
      if (cells > 1) counts.set(cells, (counts.get(cells) ?? 0) + 1)
    }
    for (const [cells, among] of counts) {
      if (among > best.lines || (among === best.lines && cells > best.cells)) {
        best = { separator, lines: among, cells }
      }
    }
  }
  return best.separator
}
