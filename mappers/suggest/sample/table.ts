import { FileStop } from '../../issues.ts'
import type { Limits } from '../../mapping.ts'
import { CsvRows } from '../../read/csv.ts'
import { fold } from '../../read/header.ts'
import { kinds } from '../../read/kinds.ts'
import type { ColumnRules, Seen, SourceOptions } from '../../read/source.ts'
import { lexicon } from '../lexicon.ts'
import { shape, type Shape } from './sample.ts'

/** So many rows are looked at. */
const ROWS = 2000

const limits: Limits & ColumnRules = {
  rejectPct: 100,
  maxBytes: 500_000_000,
  maxRecords: 2_000_000,
  maxCell: 1_000_000,
  newColumn: 'ignore',
  missingBoundColumn: 'warn',
}

type Options = Pick<
  SourceOptions,
  'kind' | 'sheet' | 'encoding' | 'separator' | 'ignoreColumns' | 'columns' | 'titleRows'
>

/**
 * A table through the reader that will read it later: first asked for everything a column may be called, so that the
 * reader finds the header as it would with a facility's file; then for the columns that are there.
 */
export async function lookAtTable(bytes: Uint8Array, options: Options): Promise<Shape> {
  const usual = lexicon.flatMap(({ words }) => words)
  const { header, separator } = (await headerOf(bytes, options, usual)) ?? (await headerOf(bytes, options, [])) ?? {}
  const { names, twins } = namesIn(header ?? [])
  const rows = await rowsOf(bytes, { ...options, ignoreColumns: twins }, names)
  const columns = names.map((name, at) => ({ path: name, header: name, values: rows.map((row) => row[at] ?? '') }))
  return shape('csv', bytes, { columns, twins, ...(separator !== undefined && { separator }) })
}

/** What the columns are called, and the names that stand twice, under which nothing can be read. */
function namesIn(header: readonly string[]): { names: readonly string[]; twins: readonly string[] } {
  const cells = header.map((cell) => cell.trim())
  const twins = cells.filter((name, at) => name !== '' && cells.findIndex((one) => fold(one) === fold(name)) < at)
  const twice = new Set(twins.map(fold))
  return {
    names: cells.filter((name) => fold(name) !== '' && !twice.has(fold(name))),
    twins: [...new Set(twins)],
  }
}

interface Head {
  readonly header: readonly string[]
  readonly separator?: string
}

/** undefined: no row of the file names any of the words. */
async function headerOf(bytes: Uint8Array, options: Options, words: readonly string[]): Promise<Head | undefined> {
  const seen: Seen = { issues: [] }
  const source = open(options)
  for (const word of words) source.path(word)
  try {
    for await (const _ of source.read([bytes], seen)) if (seen.header) break
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    const { code } = error.issue
    if (code === 'FILE_EMPTY' || code === 'FILE_FORMAT') throw error
    if (code === 'HDR_MISSING') return undefined
    if (code !== 'HDR_DUP' || !seen.header) return headerWithTwins(bytes, options, error)
  }
  return seen.header && { header: seen.header, ...(seen.separator !== undefined && { separator: seen.separator }) }
}

/** A header with a name twice: the reader refuses it until it is told to ignore that name. */
async function headerWithTwins(bytes: Uint8Array, options: Options, stop: FileStop): Promise<Head> {
  if (stop.issue.code !== 'HDR_DUP') throw stop
  const twin = /^.*?"(.+)" heads columns/.exec(stop.issue.message)?.[1]
  const ignored = options.ignoreColumns ?? []
  if (twin === undefined || ignored.includes(twin)) throw stop
  const found = await headerOf(bytes, { ...options, ignoreColumns: [...ignored, twin] }, [])
  if (!found) throw stop
  return found
}

async function rowsOf(bytes: Uint8Array, options: Options, names: readonly string[]): Promise<(readonly string[])[]> {
  const source = open(options)
  const paths = names.map((name) => source.path(name))
  const rows: (readonly string[])[] = []
  for await (const units of source.read([bytes], { issues: [] })) {
    for (const { item } of units) if (item !== undefined) rows.push(paths.map((path) => cellOf(path(item))))
    if (rows.length >= ROWS) break
  }
  return rows
}

function cellOf(found: unknown): string {
  return typeof found === 'string' ? found : ''
}

function open(options: Options) {
  const kind = kinds[options.kind]
  if (!kind) throw new Error(`no kind ${options.kind}`)
  return kind.open({ dates: 'day-first', zone: 'Asia/Kolkata', ...options }, { limits, boundAt: () => undefined })
}

/** The first rows of a text cut by its separator, for telling tables from fixed columns. */
export function cutRows(text: string, separator?: string): (readonly string[])[] {
  const rows = new CsvRows(separator, limits.maxCell)
  rows.feed(text)
  rows.end()
  const found: (readonly string[])[] = []
  for (let row = rows.next(); row && found.length < 200; row = rows.next()) found.push(row.cells)
  return found
}
