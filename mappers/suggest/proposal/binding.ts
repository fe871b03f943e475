import { line, list, quoted, type Line } from './lines.ts'

/** What a binding is made from: a path, and how sure it is that it means the field. */
export interface Bound {
  readonly path: string
  readonly confidence: number
  readonly why: string
}

/** How a binding reads its columns. */
export interface Reading {
  /** '' or unset: the field's own function reads it. */
  readonly as?: string | undefined
  /** What glues the texts that are found; of several columns a blank when unset. */
  readonly join?: string | undefined
  readonly need?: 'record' | undefined
  readonly onBad?: 'quarantine' | undefined
  /** What is said beside it instead of how sure it is. */
  readonly note?: string | undefined
}

/** `field: path`, `field: { from: [path, path], join: ' ', as: datetime, need: record }`; a column that is not there is left out. */
export function binding(field: string, columns: Columns, reading: Reading = {}): Line {
  const [first] = present(columns)
  return line(`${field}: ${read(columns, reading)}`, reading.note ?? (first && because(first)))
}

/** What stands behind the colon. */
export function read(columns: Columns, { as, join, need, onBad }: Reading = {}): string {
  const paths = present(columns).map(({ path }) => path)
  const [only = ''] = paths
  const from = paths.length > 1 ? list(paths) : quoted(only)
  const glue = join ?? (paths.length > 1 ? ' ' : undefined)
  const parts = [
    `from: ${from}`,
    glue !== undefined && `join: '${glue}'`,
    as && `as: ${as}`,
    need && `need: ${need}`,
    onBad && `onBad: ${onBad}`,
  ].filter(Boolean)
  return parts.length > 1 ? `{ ${parts.join(', ')} }` : from
}

type Columns = Bound | readonly (Bound | undefined)[]

function present(columns: Columns): Bound[] {
  return [columns].flat().filter((one) => one !== undefined)
}

/** `field: { const: value, as: function }` */
export function constant(field: string, value: string, { as, note }: Pick<Reading, 'as' | 'note'> = {}): Line {
  return line(`${field}: { const: ${value}${as ? `, as: ${as}` : ''} }`, note)
}

/** Below it somebody who knows the file should look. */
const SURE = 0.7

/** `0.95 the header says so, the values look like it`, `0.62 please check: the header is much like it, …` */
export function because({ confidence, why }: Pick<Bound, 'confidence' | 'why'>): string {
  if (confidence === 0) return why
  return `${confidence.toFixed(2)} ${confidence < SURE ? 'please check: ' : ''}${why}`
}
