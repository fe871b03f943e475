import { FileStop, issue } from '../issues.ts'
import { maybeDouble } from './double.ts'
import { SpecFault, type Source, type SourceOptions, type SourceTools } from './source.ts'
import { openTable, type Item, type Row } from './table.ts'
import { checkEncodings, decode } from './text.ts'

interface Column {
  readonly name: string
  /** From 0; the end is the first character behind it. */
  readonly start: number
  readonly end: number
}

/**
 * Columns by the places of characters (in encodings of single bytes: of bytes). Padding is cut off; a line that an editor
 * has shortened has blank cells at its end, and one with text behind the last column is CSV_COLUMNS.
 */
export function openFixed(options: SourceOptions, tools: SourceTools): Source<Item> {
  const encodings = options.encoding ?? ['utf-8']
  checkEncodings(encodings)
  const columns = Object.entries(options.columns ?? {}).map(([name, range]) => columnOf(name, range))
  if (columns.length === 0) throw new SpecFault('A fixed source needs columns: { name: 1-30, mobile: 31-42 }.')
  const width = Math.max(...columns.map(({ end }) => end))
  return openTable(options, tools, {
    ragged: true,
    header: columns.map(({ name }) => name),
    async *rows(bytes, seen, shape) {
      const lines = new Lines(tools.limits.maxCell * 16)
      for await (const piece of decode(bytes, encodings, seen)) {
        shape.suspect ||= maybeDouble(piece)
        yield lines.feed(piece).map((line) => cut(line, columns, width))
      }
      yield lines.end().map((line) => cut(line, columns, width))
    },
  })
}

/** `1-30`, `31` or `31-`, which goes on to the end of the line. */
function columnOf(name: string, range: string): Column {
  const found = /^\s*(\d+)\s*(?:(-)\s*(\d*)\s*)?$/.exec(String(range))
  const [, from = '', dash, to = ''] = found ?? []
  const start = Number(from) - 1
  const end = dash === undefined ? start + 1 : to === '' ? Infinity : Number(to)
  if (!found || start < 0 || end <= start) {
    throw new SpecFault(`columns: ${name} is "${range}", but it must be the first and last character, like 31-42.`)
  }
  return { name, start, end }
}

interface Line {
  readonly text: string
  readonly number: number
}

function cut({ text, number }: Line, columns: readonly Column[], width: number): Row {
  // Most text has one UTF-16 unit a character; where it has not, places are counted in characters all the same.
  const characters = /[\uD800-\uDBFF]/.test(text) ? Array.from(text) : undefined
  const slice = (from: number, to: number) =>
    (characters ? characters.slice(from, to).join('') : text.slice(from, to)).trim()
  const cells = columns.map(({ start, end }) => slice(start, end))
  const row = { cells, line: number, raw: text }
  return slice(width, Infinity) === '' ? row : { ...row, fault: 'CSV_COLUMNS' }
}

/** Lines of text that comes in pieces, with LF, CRLF or CR; form feeds are dropped. */
class Lines {
  private rest = ''
  private number = 0

  constructor(private readonly longest: number) {}

  feed(piece: string): Line[] {
    const text = this.rest + piece
    const held = text.endsWith('\r') ? '\r' : ''
    const lines = (held ? text.slice(0, -1) : text).split(/\r\n|\n|\r/)
    this.rest = `${lines.pop() ?? ''}${held}`
    if (this.rest.length > this.longest) throw new FileStop(issue('LIMIT_CELL', { line: this.number + 1 }))
    return lines.map((line) => this.line(line))
  }

  end(): Line[] {
    const last = this.rest.replace(/\r$/, '')
    return last === '' ? [] : [this.line(last)]
  }

  private line(text: string): Line {
    this.number++
    return { text: text.includes('\f') ? text.replaceAll('\f', '') : text, number: this.number }
  }
}
