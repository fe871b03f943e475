import type { Sample } from './sample.ts'
import { cutRows } from './table.ts'

/** Lines that are looked at for the places of columns. */
const LINES = 300
/** So many places without a letter in any line part two columns. */
const GAP = 1

/**
 * Text in fixed columns: no separator cuts its lines evenly, but there are places that are blank in all of them. Names of
 * the columns come from the line above the rows when it has words at those places.
 */
export function lookAtFixed(text: string, bytes: Uint8Array): Omit<Sample, 'encoding'> | undefined {
  const lines = text.split(/\r\n|\n|\r/, LINES).map((line) => line.replaceAll('\f', '').replaceAll('\u001a', ''))
  const filled = lines.filter((line) => line.trim() !== '')
  if (filled.length < 3 || isSeparated(text)) return undefined
  const rows = filled.filter((line) => /\S {2,}\S/.test(line) && !/^[-=_+|*. ]+$/.test(line))
  if (rows.length < filled.length / 2) return undefined
  const body = bodyOf(rows)
  const first = lines.findIndex((line) => line === body[0])
  const above = lines.slice(0, first).findLast((line) => /\p{L}/u.test(line) && /\S {2,}\S/.test(line))
  const places = placesOf(above === undefined ? body : [...body, above])
  if (places.length < 3) return undefined
  const names = namesOf(places, above)
  const columns = names.map((name, at) => {
    const [start, end] = places[at] ?? [0, 0]
    return { path: name, header: name, values: body.map((line) => line.slice(start, end).trim()) }
  })
  const ranges = Object.fromEntries(
    names.map((name, at) => [name, `${(places[at]?.[0] ?? 0) + 1}-${places[at]?.[1] ?? 1}`]),
  )
  return {
    kind: 'fixed',
    bytes,
    places: ranges,
    titleRows: Math.max(0, first),
    columns,
    lists: [],
    twins: [],
    types: [],
  }
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

/** From 0; the end is behind the last character of the blanks that follow. */
function placesOf(lines: readonly string[]): [start: number, end: number][] {
  const width = Math.max(...lines.map((line) => line.trimEnd().length))
  const used = Array.from({ length: width }, (_, at) => lines.some((line) => (line[at] ?? ' ') !== ' '))
  const starts: number[] = []
  for (let at = 0; at < width; at++) {
    const before = used.slice(Math.max(0, at - GAP), at)
    if (used[at] && before.every((one) => !one)) starts.push(at)
  }
  return starts.map((start, at) => [start, starts[at + 1] ?? width])
}

function namesOf(places: readonly (readonly [number, number])[], header: string | undefined): string[] {
  const taken = new Set<string>()
  return places.map(([start, end], at) => {
    const said = header?.slice(start, end).trim().replace(/\s+/g, ' ') ?? ''
    const name = said === '' || taken.has(said.toLowerCase()) ? `column ${at + 1}` : said
    taken.add(name.toLowerCase())
    return name
  })
}
