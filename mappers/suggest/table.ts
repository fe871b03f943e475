import { FileStop, issue } from '../issues.ts'
import { fold } from '../read/header.ts'
import { kinds } from '../read/kinds.ts'
import { sheetNames } from '../read/xlsx.ts'
import { CsvRows } from '../read/csv.ts'
import type { ColumnRules, Seen, SourceOptions } from '../read/source.ts'
import type { Limits } from '../mapping.ts'
import { bindColumns } from './bind.ts'
import { lexicon } from './lexicon.ts'
import type { Sample } from './sample.ts'

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
export async function lookAtTable(bytes: Uint8Array, options: Options): Promise<Omit<Sample, 'encoding'>> {
  const usual = lexicon.flatMap(({ words }) => words)
  const { header, separator } = (await headerOf(bytes, options, usual)) ?? (await headerOf(bytes, options, [])) ?? {}
  const names = (header ?? []).map((cell) => cell.trim())
  const twins = [...new Set(names.filter((name, at) => name !== '' && names.findIndex((one) => fold(one) === fold(name)) < at))] // prettier-ignore
  const asked = [...new Map(names.filter(Boolean).map((name) => [fold(name), name])).values()].filter(
    (name) => fold(name) !== '' && !twins.some((twin) => fold(twin) === fold(name)),
  )
  const values = await valuesOf(bytes, { ...options, ignoreColumns: twins }, asked)
  const columns = asked.map((name, place) => ({
    path: name,
    header: name,
    values: values.map((row) => row[place] ?? ''),
  }))
  return { kind: 'csv', bytes, columns, lists: [], twins, types: [], ...(separator !== undefined && { separator }) }
}

/** Of the sheets of a workbook the one whose columns tell the most; named where it is not the one that is read anyway. */
export async function lookAtWorkbook(bytes: Uint8Array): Promise<Omit<Sample, 'encoding'>> {
  const names = sheetNames(bytes)
  const looks: { readonly shape: Omit<Sample, 'encoding'>; readonly told: number }[] = []
  let stop: unknown
  for (const [at, sheet] of names.slice(0, SHEETS).entries()) {
    try {
      const shape = await lookAtTable(bytes, { kind: 'xlsx', ...(at > 0 && { sheet }) })
      const told = bindColumns(shape.columns).bindings.filter(({ profile }) => profile.filled > 0).length
      looks.push({ shape: { ...shape, kind: 'xlsx', ...(at > 0 && { sheet }) }, told })
    } catch (error) {
      if (!(error instanceof FileStop)) throw error
      stop ??= error
    }
  }
  const best = looks.toSorted((a, b) => b.told - a.told)[0]
  if (best) return best.shape
  throw stop ?? new FileStop(issue('FILE_EMPTY'))
}

/** So many sheets are looked at. */
const SHEETS = 20

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
    if (!(error instanceof FileStop) || error.issue.code === 'FILE_EMPTY' || error.issue.code === 'FILE_FORMAT')
      throw error
    if (error.issue.code === 'HDR_MISSING') return undefined
    if (error.issue.code !== 'HDR_DUP' || !seen.header) return twinned(bytes, options, error)
  }
  return seen.header && { header: seen.header, ...(seen.separator !== undefined && { separator: seen.separator }) }
}

/** A header with a name twice: the reader refuses it, so its line is read by its number. */
async function twinned(bytes: Uint8Array, options: Options, stop: FileStop): Promise<Head> {
  if (stop.issue.code !== 'HDR_DUP') throw stop
  const names = /^.*?"(.+)" heads columns/.exec(stop.issue.message)?.[1]
  const ignored = options.ignoreColumns ?? []
  if (names === undefined || ignored.includes(names)) throw stop
  const found = await headerOf(bytes, { ...options, ignoreColumns: [...ignored, names] }, [])
  if (!found) throw stop
  return found
}

async function valuesOf(bytes: Uint8Array, options: Options, names: readonly string[]): Promise<(readonly string[])[]> {
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

/** The rows of a text cut by its separator, for telling tables from fixed columns. */
export function cutRows(text: string, separator?: string): (readonly string[])[] {
  const rows = new CsvRows(separator, limits.maxCell)
  rows.feed(text)
  rows.end()
  const found: (readonly string[])[] = []
  for (let row = rows.next(); row && found.length < 200; row = rows.next()) found.push(row.cells)
  return found
}
