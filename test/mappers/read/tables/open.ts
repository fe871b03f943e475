import type { Issue } from '../../../../mappers/issues.ts'
import { FileStop } from '../../../../mappers/issues.ts'
import { kinds } from '../../../../mappers/read/kinds.ts'
import type { Bytes, Seen, Source, SourceOptions, SourceTools, Unit } from '../../../../mappers/read/source.ts'

export type Cells = readonly string[]

/** What came of a file: its records by column, and everything else that was said about it. */
export interface Read {
  readonly units: readonly Unit<Cells>[]
  readonly records: readonly Readonly<Record<string, string>>[]
  readonly seen: Seen
  readonly stop?: Issue
}

export interface Given {
  readonly columns: readonly string[]
  readonly options?: Partial<SourceOptions>
  readonly limits?: Partial<SourceTools['limits']>
}

/** Opens a kind of source, binds columns and reads a file, as a mapping does. */
export async function read(bytes: Bytes | string, { columns, options, limits }: Given): Promise<Read> {
  const source = open(options, limits)
  const paths = columns.map((column) => [column, source.path(column)] as const)
  const units: Unit<Cells>[] = []
  const seen: Seen = { issues: [] }
  let stop: Issue | undefined
  try {
    for await (const batch of source.read(typeof bytes === 'string' ? [Buffer.from(bytes)] : bytes, seen)) {
      units.push(...batch)
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    stop = error.issue
  }
  const records = units.flatMap(({ item }) =>
    item ? [Object.fromEntries(paths.map(([column, path]) => [column, path(item) as string]))] : [],
  )
  return { units, records, seen, ...(stop && { stop }) }
}

export function open(options: Partial<SourceOptions> = {}, limits: Partial<SourceTools['limits']> = {}): Source<Cells> {
  const whole: SourceOptions = { kind: 'csv', dates: 'day-first', zone: 'Asia/Kolkata', ...options }
  const usual = { rejectPct: 5, maxBytes: 1e9, maxRecords: 1e9, maxCell: 100_000 }
  const tools: SourceTools = {
    limits: { ...usual, newColumn: 'warn', missingBoundColumn: 'stop-file', ...limits },
    boundAt: (path) => `facility.yaml: ${path}`,
  }
  const kind = kinds[whole.kind]
  if (!kind) throw new Error(`there is no kind ${whole.kind}`)
  return kind.open(whole, tools) as Source<Cells>
}

/** What was said about the rows, a code and a line each. */
export function said({ units }: Read): string[] {
  return units.flatMap(({ issues, line }) => issues.map(({ code }) => `${code} ${line}`))
}

export function ignored({ units }: Read): string[] {
  return units.flatMap(({ ignored, line }) => (ignored ? [`${ignored} ${line}`] : []))
}
