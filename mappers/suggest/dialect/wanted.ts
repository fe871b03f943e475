import { fold } from '../../read/header.ts'
import { vitals } from '../columns/vitals.ts'

/** A column that a dialect binds. */
export interface Wanted {
  /** As its bindings say it; of numbered columns with its number in it. */
  readonly header: string
  /** As the lexicon calls it. */
  readonly field: string
  /** Where the binding stands: `['medication', 'dose']`, `['patient.name']`. */
  readonly at: readonly string[]
  readonly number?: number
  readonly loinc?: string
  /** The record is nothing without it. */
  readonly needed: boolean
}

/** A part of a facility file. */
export type Tree = Readonly<Record<string, unknown>>

/** What a group repeats over: the columns or rows of the `each` around a binding, and the codes of tests by their words. */
interface Around {
  readonly tests: ReadonlyMap<string, string>
  readonly columns?: readonly string[]
  readonly rows?: readonly Row[]
}

type Row = Readonly<Record<string, string>>

/** Every column that the bindings of a file name. */
export function wantedIn(bind: Tree, tests: ReadonlyMap<string, string>): Wanted[] {
  return Object.entries(bind).flatMap(([key, node]) => walk(node, [key], { tests }))
}

function walk(node: unknown, at: readonly string[], around: Around): Wanted[] {
  if (typeof node === 'string') return wantedOf({ from: node }, at, around)
  if (Array.isArray(node)) return node.flatMap((one) => walk(one, at, around))
  if (typeof node !== 'object' || node === null) return []
  const group = node as Tree
  if ('from' in group || 'const' in group) return wantedOf(group, at, around)
  const within = { ...around, ...eachOf(group['each']) }
  return Object.entries(group)
    .filter(([key]) => key !== 'each' && key !== 'when')
    .flatMap(([key, inner]) => walk(inner, [...at, key], within))
}

function eachOf(each: unknown): Pick<Around, 'columns' | 'rows'> {
  if (typeof each !== 'object' || each === null) return {}
  const { columns, rows } = each as Tree
  return {
    ...(columns !== undefined && { columns: Array.isArray(columns) ? columns.map(String) : rangeOf(columns) }),
    ...(Array.isArray(rows) && { rows: rows as Row[] }),
  }
}

/** `1..5` → 1, 2, 3, 4, 5 */
function rangeOf(columns: unknown): string[] {
  const [first = 0, last = -1] = typeof columns === 'string' ? columns.split('..').map(Number) : []
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => String(first + n))
}

function wantedOf(binding: Tree, at: readonly string[], { columns = [], rows = [], tests }: Around): Wanted[] {
  const paths = [binding['from']].flat().filter((path): path is string => typeof path === 'string')
  return paths.flatMap((path, place): Wanted[] => {
    const base = { field: fieldOf(binding, at, place), at, needed: binding['need'] === 'record' && place === 0 }
    if (path.includes('{n}'))
      return columns.map((n) => ({ ...base, header: path.replaceAll('{n}', n), number: Number(n) }))
    if (path.includes('{')) return rows.map((row) => ({ ...base, ...inRow(path, row, tests) }))
    return [{ ...base, header: path }]
  })
}

/** `{col}` as a row of `each` fills it; a vital sign is called as the lexicon calls it. */
function inRow(path: string, row: Row, tests: Around['tests']): Pick<Wanted, 'header' | 'loinc'> & { field?: string } {
  const header = path.replace(/\{(\w+)\}/g, (_, word: string) => row[word] ?? '')
  const column = row['col'] ?? ''
  const loinc = row['code'] ?? tests.get(fold(column)) ?? tests.get(column.toLowerCase())
  if (loinc === undefined) return { header }
  const vital = Object.entries(vitals).find(([, one]) => one.loinc === loinc)?.[0]
  return { header, loinc, ...(vital !== undefined && { field: vital }) }
}

/** As the lexicon calls what stands at a place of `bind:`. */
function fieldOf({ as, join }: Tree, at: readonly string[], place: number): string {
  const path = at.join('.').split('.').slice(-2).join('.')
  const text = JSON.stringify(as ?? '')
  if (path === 'patient.birth' && text.includes('age-at')) return 'age'
  if (path === 'patient.age') return 'age'
  if (join !== undefined && place > 0 && path.endsWith('.at')) return 'time'
  if (path === 'problem.code') return text.includes('icd10') ? 'problem.icd10' : 'problem'
  return path
}
