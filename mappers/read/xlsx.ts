import { FileStop, issue } from '../issues.ts'
import { maybeDouble } from './double.ts'
import { maybeMarked } from './marks.ts'
import { kindOfBinary } from './encoding.ts'
import { fold } from './header.ts'
import type { Bytes, Source, SourceOptions, SourceTools } from './source.ts'
import { openTable, type Item, type Row } from './table.ts'
import { cellFormats, sharedStrings, workbookOf, type Workbook } from './xlsx/parts.ts'
import { rowsOf } from './xlsx/sheet.ts'
import { entriesOf } from './xlsx/zip.ts'

/**
 * One sheet of an Excel workbook (ECMA-376): the named one, else the first that is not hidden. The packed file is held in
 * memory, the sheet itself is not. Dates become ISO text, numbers keep their digits, merged cells hold for all their rows.
 */
export function openXlsx(options: SourceOptions, tools: SourceTools): Source<Item> {
  const { maxBytes, maxCell } = tools.limits
  return openTable(options, tools, {
    ragged: true,
    async *rows(bytes, seen, shape): AsyncGenerator<Row[]> {
      seen.separator = ','
      const file = await whole(bytes, maxBytes)
      if (file.length === 0) throw new FileStop(issue('FILE_EMPTY'))
      refuseOthers(file)
      const entries = entriesOf(file)
      const { sheets, since1904 } = workbookOf(entries)
      const entry = entries.get(sheetOf(sheets, options.sheet))
      if (!entry) throw new FileStop(issue('FILE_FORMAT', { detail: 'It has no sheet.' }))
      seen.epoch = since1904 ? 1904 : 1900
      const strings = sharedStrings(entries, maxCell)
      shape.suspect = strings.some((text) => maybeDouble(text) || maybeMarked(text))
      yield* rowsOf(entry, { strings, formats: cellFormats(entries), since1904, maxCell })
    },
  })
}

/** The sheets of a workbook that are not hidden, the first of them the one that is read when none is named. */
export function sheetNames(file: Uint8Array): readonly string[] {
  const { sheets } = workbookOf(entriesOf(file))
  const shown = sheets.filter(({ hidden }) => !hidden)
  return (shown.length > 0 ? shown : sheets).map(({ name }) => name)
}

async function whole(bytes: Bytes, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > most) throw new FileStop(issue('LIMIT_SIZE'))
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)
}

function refuseOthers(file: Uint8Array): void {
  if (file[0] === 0x50 && file[1] === 0x4b) return
  const detail = `It is ${kindOfBinary(file) ?? 'text; declare kind csv or save it as .xlsx'}.`
  throw new FileStop(issue('FILE_FORMAT', { detail }))
}

function sheetOf(sheets: Workbook['sheets'], wanted: string | undefined): string {
  if (wanted === undefined) return (sheets.find(({ hidden }) => !hidden) ?? sheets[0])?.part ?? ''
  const found = sheets.find(({ name }) => fold(name) === fold(wanted))
  if (found) return found.part
  const names = sheets.map(({ name }) => `"${name}"`).join(', ')
  throw new FileStop(issue('FILE_FORMAT', { detail: `It has no sheet "${wanted}", but ${names}.` }))
}
