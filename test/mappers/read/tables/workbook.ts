import { strToU8, zipSync } from 'fflate'

/** A cell as a program writes it: text becomes a shared string, or give the XML yourself. */
export type Cell = string | number | null | { readonly xml: (ref: string) => string }

export interface Sheet {
  readonly name?: string
  readonly hidden?: boolean
  readonly rows: readonly (readonly Cell[])[]
  /** Behind sheetData: merged cells and the like. */
  readonly after?: string
  /** Rows, from 0, that a filter hides. */
  readonly hiddenRows?: readonly number[]
}

export interface Book {
  readonly sheets: readonly Sheet[]
  readonly since1904?: boolean
  /** Number formats of the styles 0, 1, 2 …: a number that Excel knows, or a code. */
  readonly formats?: readonly (number | string)[]
  /** As Excel writes (references, shared strings), or as other programs do: no references, inline strings. */
  readonly by?: 'excel' | 'other'
}

export const styled = (value: number | string, style: number): Cell => ({
  xml: (ref) => `<c${ref} s="${style}"><v>${value}</v></c>`,
})
export const typed = (type: string, value: string, more = ''): Cell => ({
  xml: (ref) => `<c${ref} t="${type}">${more}<v>${value}</v></c>`,
})
export const inline = (xml: string): Cell => ({ xml: (ref) => `<c${ref} t="inlineStr"><is>${xml}</is></c>` })

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export function workbook(book: Book, extra: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const strings: string[] = []
  const files: Record<string, Uint8Array> = {}
  book.sheets.forEach((sheet, at) => {
    files[`xl/worksheets/sheet${at + 1}.xml`] = strToU8(sheetXml(sheet, book.by ?? 'excel', strings))
  })
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`
  const relations = (inside: string) =>
    strToU8(
      `${HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inside}</Relationships>`,
    )
  const tabs = book.sheets.map(
    ({ name, hidden }, at) =>
      `<sheet name="${name ?? `Sheet${at + 1}`}" sheetId="${at + 1}"${hidden ? ' state="hidden"' : ''} r:id="rId${at + 1}"/>`,
  )
  files['_rels/.rels'] = relations(relation('rId1', 'officeDocument', 'xl/workbook.xml'))
  files['xl/workbook.xml'] = strToU8(
    `${HEAD}<workbook ${MAIN} xmlns:r="${OFFICE}"><workbookPr${book.since1904 ? ' date1904="1"' : ''}/><sheets>${tabs.join('')}</sheets></workbook>`,
  )
  files['xl/_rels/workbook.xml.rels'] = relations(
    book.sheets.map((_, at) => relation(`rId${at + 1}`, 'worksheet', `worksheets/sheet${at + 1}.xml`)).join(''),
  )
  files['xl/styles.xml'] = strToU8(stylesXml(book.formats ?? [0]))
  files['xl/sharedStrings.xml'] = strToU8(
    `${HEAD}<sst ${MAIN} count="${strings.length}">${strings.map((text) => `<si>${text}</si>`).join('')}</sst>`,
  )
  return zipSync({ ...files, ...extra })
}

function sheetXml({ rows, after = '', hiddenRows = [] }: Sheet, by: 'excel' | 'other', strings: string[]): string {
  const lines = rows.map((cells, y) => {
    const inside = cells.map((cell, x) =>
      cellXml(cell, by === 'excel' ? ` r="${letters(x)}${y + 1}"` : '', by, strings),
    )
    const hidden = hiddenRows.includes(y) ? ' hidden="1"' : ''
    return `<row${by === 'excel' ? ` r="${y + 1}"` : ''}${hidden}>${inside.join('')}</row>`
  })
  return `${HEAD}<worksheet ${MAIN}><sheetData>${lines.join('\n')}</sheetData>${after}</worksheet>`
}

function cellXml(cell: Cell, ref: string, by: 'excel' | 'other', strings: string[]): string {
  if (cell === null) return by === 'excel' ? '' : '<c/>'
  if (typeof cell === 'object') return cell.xml(ref)
  if (typeof cell === 'number') return `<c${ref}><v>${cell}</v></c>`
  const text = cell.startsWith('<') ? cell : `<t xml:space="preserve">${escaped(cell)}</t>`
  if (by === 'other') return `<c${ref} t="inlineStr"><is>${text}</is></c>`
  return `<c${ref} t="s"><v>${strings.push(text) - 1}</v></c>`
}

function stylesXml(formats: readonly (number | string)[]): string {
  const codes = formats.map((format, at) =>
    typeof format === 'string' ? `<numFmt numFmtId="${164 + at}" formatCode="${escaped(format)}"/>` : '',
  )
  const xfs = formats.map((format, at) => `<xf numFmtId="${typeof format === 'string' ? 164 + at : format}"/>`)
  // cellStyleXfs come first and count for nothing here: a reader that takes them is off by one.
  return `${HEAD}<styleSheet ${MAIN}><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${xfs.join('')}</cellXfs></styleSheet>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

export function letters(column: number): string {
  return column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26)
}
