import { SaxesParser, type SaxesTagPlain } from 'saxes'
import { FileStop, issue } from '../../issues.ts'
import { shownBy, type Shown } from './formats.ts'
import { unpack, type Entry } from './zip.ts'

export type Attributes = Readonly<Record<string, string>>

export interface Events {
  readonly open?: (name: string, attributes: Attributes) => void
  readonly close?: (name: string) => void
  readonly text?: (text: string) => void
}

/** Parses a part of the package; names come without their prefix. A DOCTYPE, and so any entity, is LIMIT_ENTITY. */
export function* parse(entry: Entry, { open, close, text }: Events): Generator<void> {
  const parser = new SaxesParser({ xmlns: false })
  const stop = (detail: string) => new FileStop(issue('FILE_FORMAT', { detail }))
  parser.on('error', () => {
    throw stop('The XML inside is damaged.')
  })
  parser.on('doctype', () => {
    throw new FileStop(issue('LIMIT_ENTITY'))
  })
  if (open) parser.on('opentag', (tag: SaxesTagPlain) => open(local(tag.name), tag.attributes))
  if (close) parser.on('closetag', (tag: SaxesTagPlain) => close(local(tag.name)))
  if (text) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  const decoder = new TextDecoder()
  for (const chunk of unpack(entry)) {
    parser.write(decoder.decode(chunk, { stream: true }))
    yield
  }
  parser.write(decoder.decode()).close()
}

function all(entry: Entry | undefined, events: Events): void {
  if (entry) for (const _ of parse(entry, events));
}

function local(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}

export interface Workbook {
  readonly since1904: boolean
  /** In the order of the tabs; `part` names the entry. */
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean; readonly part: string }[]
}

/** ECMA-376 part 1, 18.2: the sheets, found over the relationships of the workbook. */
export function workbookOf(entries: ReadonlyMap<string, Entry>): Workbook {
  const part = partOf(entries)
  const folder = part.slice(0, part.lastIndexOf('/') + 1)
  const targets = new Map<string, string>()
  all(entries.get(`${folder}_rels/${part.slice(folder.length)}.rels`), {
    open(name, attributes) {
      if (name === 'Relationship') targets.set(attributes['Id'] ?? '', resolved(folder, attributes['Target'] ?? ''))
    },
  })
  const sheets: { name: string; hidden: boolean; part: string }[] = []
  let since1904 = false
  all(entries.get(part), {
    open(name, attributes) {
      if (name === 'workbookPr') since1904 = /^(1|true|on)$/.test(attributes['date1904'] ?? '')
      if (name !== 'sheet') return
      const id = Object.keys(attributes).find((key) => local(key) === 'id') ?? ''
      const hidden = (attributes['state'] ?? 'visible') !== 'visible'
      sheets.push({ name: attributes['name'] ?? '', hidden, part: targets.get(attributes[id] ?? '') ?? '' })
    },
  })
  return { since1904, sheets: sheets.filter(({ part: sheet }) => entries.has(sheet)) }
}

/** The package says itself where its workbook is; nearly always xl/workbook.xml. */
function partOf(entries: ReadonlyMap<string, Entry>): string {
  let part = 'xl/workbook.xml'
  all(entries.get('_rels/.rels'), {
    open(name, attributes) {
      if (name === 'Relationship' && attributes['Type']?.endsWith('/officeDocument')) {
        part = resolved('', attributes['Target'] ?? part)
      }
    },
  })
  if (!entries.has(part)) throw new FileStop(issue('FILE_FORMAT', { detail: 'It is a ZIP without a workbook.' }))
  return part
}

function resolved(folder: string, target: string): string {
  return new URL(target, `http://package/${folder}`).pathname.slice(1)
}

/** The strings that cells refer to by number; rich text without its looks, phonetic hints left out. */
export function sharedStrings(entries: ReadonlyMap<string, Entry>, maxCell: number): string[] {
  const strings: string[] = []
  const text = new StringText(maxCell)
  all(named(entries, 'sharedStrings.xml'), {
    open: (name) => text.open(name),
    text: (piece) => text.add(piece),
    close: (name) => {
      text.close(name)
      if (name === 'si') strings.push(text.take())
    },
  })
  return strings
}

/** How the cells of each style show their numbers: `s` of a cell → its format. */
export function cellFormats(entries: ReadonlyMap<string, Entry>): Shown[] {
  const codes = new Map<number, string>()
  const formats: Shown[] = []
  let inCells = false
  all(named(entries, 'styles.xml'), {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '')
      if (name === 'cellXfs') inCells = true
      if (name !== 'xf' || !inCells) return
      const id = Number(attributes['numFmtId'] ?? 0)
      formats.push(shownBy(id, codes.get(id)))
    },
    close(name) {
      if (name === 'cellXfs') inCells = false
    },
  })
  return formats
}

function named(entries: ReadonlyMap<string, Entry>, name: string): Entry | undefined {
  return entries.get(`xl/${name}`) ?? [...entries].find(([path]) => path.endsWith(`/${name}`))?.[1]
}

/** Gathers the `t` of a string item, but none of a phonetic run (`rPh`). */
export class StringText {
  private text = ''
  private open_ = false
  private phonetic = false

  constructor(private readonly maxCell: number) {}

  open(name: string): void {
    if (name === 'rPh') this.phonetic = true
    if (name === 't') this.open_ = !this.phonetic
  }

  add(piece: string): void {
    if (!this.open_) return
    this.text += piece
    if (this.text.length > this.maxCell) throw new FileStop(issue('LIMIT_CELL'))
  }

  close(name: string): void {
    if (name === 'rPh') this.phonetic = false
    if (name === 't') this.open_ = false
  }

  /** `_x000D_` is how a workbook writes a character that XML cannot hold (22.9.2.19). */
  take(): string {
    const { text } = this
    this.text = ''
    if (!text.includes('_x')) return text
    return text
      .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/\r\n?/g, '\n')
      .replaceAll('\0', '')
  }
}
