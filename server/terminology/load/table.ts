import { readDelimited } from './delimited.ts'

export type Row = (column: string) => string

/**
 * The rows of a file with a header, a cell by the name of its column (case does not count); a name the file does not
 * have is an empty text, unless it is one of `required`.
 */
export async function* readTable(
  file: string,
  format: { separator: string; quoted: boolean },
  required: readonly string[],
): AsyncGenerator<Row> {
  let places: Map<string, number> | undefined
  for await (const { cells } of readDelimited(file, format.separator, format.quoted)) {
    if (places) {
      const known = places
      yield (column) => cells[known.get(column.toLowerCase()) ?? -1]?.trim() ?? ''
      continue
    }
    places = new Map(cells.map((name, i) => [name.trim().toLowerCase(), i]))
    const missing = required.find((name) => !places?.has(name.toLowerCase()))
    if (missing !== undefined)
      throw new Error(`${file} has no column ${missing}: it is another file, or another layout.`)
  }
}

export const CSV = { separator: ',', quoted: true }
/** Quotes are text in RF2 and in WHO's tables. */
export const TSV = { separator: '\t', quoted: false }
