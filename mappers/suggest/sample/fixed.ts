import type { Column } from '../columns/column.ts'
import { shape, type Shape } from './sample.ts'
import { cutRows } from './table.ts'

/** Lines that are looked at for the places of columns. */
const LINES = 300
/** So many places without a letter in any line part two columns. */
const GAP = 1

/** Two cells with blanks between them. */
const PARTED = /\S {2,}\S/
const RULE = /^[-=_+|*. ]+$/

/** From 0; the end is behind the last character of the blanks that follow. */
interface Place {
  readonly name: string
  readonly start: number
  readonly end: number
}

/**
 * Text in fixed columns: no separator cuts its lines evenly, but there are places that are blank in all of them. Names of
 * the columns come from the line above the rows when it has words at those places.
 */
export function lookAtFixed(text: string, bytes: Uint8Array): Shape | undefined {
  const lines = text.split(/\r\n|\n|\r/, LINES).map((line) => line.replaceAll('\f', '').replaceAll('\u001a', ''))
  const filled = lines.filter((line) => line.trim() !== '')
  if (filled.length < 3 || isSeparated(text)) return undefined
  const rows = filled.filter((line) => PARTED.test(line) && !RULE.test(line))
  if (rows.length < filled.length / 2) return undefined
  const body = bodyOf(rows)
  const first = lines.findIndex((line) => line === body[0])
  const places = placesOf(body, headerAbove(lines.slice(0, first)))
  if (places.length < 3) return undefined
  return shape('fixed', bytes, {
    places: Object.fromEntries(places.map(({ name, start, end }) => [name, `${start + 1}-${end}`])),
    titleRows: Math.max(0, first),
    columns: places.map((place) => columnAt(place, body)),
  })
}

function columnAt({ name, start, end }: Place, body: readonly string[]): Column {
  return { path: name, header: name, values: body.map((line) => line.slice(start, end).trim()) }
}

/** Most lines are cut into the same number of cells, more than one. */
function isSeparated(text: string): boolean {
  const rows = cutRows(text.slice(0, 65536)).filter((cells) => cells.some((cell) => cell.trim() !== ''))
  const widths = new Map<number, number>()
  for (const { length } of rows) if (length > 1) widths.set(length, (widths.get(length) ?? 0) + 1)
  return Math.max(0, ...widths.values()) >= rows.length * 0.6 || rows.some((cells) => cells.length > 5)
}

/** Without titles and the header: lines of the usual length that hold digits. */
function bodyOf(rows: readonly string[]): readonly string[] {
  const widths = rows.map((row) => row.trimEnd().length).toSorted((a, b) => a - b)
  const usual = widths[widths.length >> 1] ?? 0
  const body = rows.filter((row) => row.trimEnd().length >= usual * 0.6 && /\d{2}/.test(row))
  return body.length >= 2 ? body : rows
}

function headerAbove(lines: readonly string[]): string | undefined {
  return lines.findLast((line) => /\p{L}/u.test(line) && PARTED.test(line))
}

function placesOf(body: readonly string[], header: string | undefined): Place[] {
  const lines = header === undefined ? body : [...body, header]
  const width = Math.max(...lines.map((line) => line.trimEnd().length))
  const used = Array.from({ length: width }, (_, at) => lines.some((line) => (line[at] ?? ' ') !== ' '))
  const starts = used.flatMap((one, at) => (one && !used.slice(Math.max(0, at - GAP), at).includes(true) ? [at] : []))
  const taken = new Set<string>()
  return starts.map((start, at) => {
    const end = starts[at + 1] ?? width
    const said = header?.slice(start, end).trim().replace(/\s+/g, ' ') ?? ''
    const name = said === '' || taken.has(said.toLowerCase()) ? `column ${at + 1}` : said
    taken.add(name.toLowerCase())
    return { name, start, end }
  })
}
