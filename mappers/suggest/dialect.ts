import type { Library } from '../library.ts'
import { fold } from '../read/header.ts'
import { plain } from '../spec/tree.ts'
import { bindColumns } from './bind.ts'
import { testCodes, type Finding, type Findings } from './findings.ts'
import { likeness, wordsOf } from './headers.ts'
import type { Sample } from './sample.ts'

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

export interface Dialect {
  readonly name: string
  readonly source: Readonly<Record<string, unknown>>
  readonly bind: Readonly<Record<string, unknown>>
  readonly codes: Readonly<Record<string, unknown>>
  readonly wanted: readonly Wanted[]
}

/** A dialect beside a sample: which of its columns are which of the sample's. */
export interface Fit {
  readonly dialect: Dialect
  /** Wanted header → the sample's column. */
  readonly met: ReadonlyMap<Wanted, Finding>
  readonly unmet: readonly Wanted[]
  /** Of the sample, recognised, and not asked for. */
  readonly extra: readonly Finding[]
  /** Weighed share of what is met, of both sides. */
  readonly score: number
}

/** LOINC codes of vital signs, as the lexicon calls them. */
export const vitals: Readonly<Record<string, { readonly loinc: string; readonly unit: string }>> = {
  'vital.weight': { loinc: '29463-7', unit: 'kg' },
  'vital.height': { loinc: '8302-2', unit: 'cm' },
  'vital.pulse': { loinc: '8867-4', unit: '/min' },
  'vital.temperature': { loinc: '8310-5', unit: '[degF]' },
  'vital.systolic': { loinc: '8480-6', unit: 'mm[Hg]' },
  'vital.diastolic': { loinc: '8462-4', unit: 'mm[Hg]' },
  'vital.spo2': { loinc: '59408-5', unit: '%' },
}

export function readDialect(library: Library, name: string): Dialect {
  const known = read.get(library) ?? new Map<string, Dialect>()
  read.set(library, known)
  const dialect = known.get(name) ?? readFile(library, name, 'new', `facility: new\norganization: { hfr: NEW }\nextends: ${name}\n`)
  known.set(name, dialect)
  return dialect
} // prettier-ignore

/** Dialects are read once. */
const read = new WeakMap<Library, Map<string, Dialect>>()

/** The same of a facility's file. */
export function readFile(library: Library, name: string, slug: string, text: string): Dialect {
  const { root, lists } = library.effectiveOf(slug, text)
  const {
    source = {},
    bind = {},
    codes = {},
    record = {},
  } = plain(root) as Partial<Record<string, Record<string, unknown>>>
  const bound = Object.entries(bind).flatMap(([key, node]) => walk(node, [key], { tests: testCodes(lists) }))
  const keys = [record['key'] ?? []]
    .flat()
    .map(String)
    .filter((header) => !bound.some((one) => fold(one.header) === fold(header)))
  const wanted = [...bound, ...keys.map(keyColumn)]
  return { name, source, bind, codes, wanted: distinct(wanted) }
}

/** A part of the record's key that no field is made of. */
function keyColumn(header: string): Wanted {
  const [binding] = bindColumns([{ header, values: [] }]).bindings
  return { header, field: binding?.field ?? '', at: ['record', 'key'], needed: true }
}

interface Around {
  readonly tests: ReadonlyMap<string, string>
  readonly columns?: readonly string[]
  readonly rows?: readonly Readonly<Record<string, string>>[]
}

type Tree = Readonly<Record<string, unknown>>

function walk(node: unknown, at: readonly string[], around: Around): Wanted[] {
  if (typeof node === 'string') return wantedOf({ from: node }, at, around)
  if (Array.isArray(node)) return node.flatMap((one) => walk(one, at, around))
  if (typeof node !== 'object' || node === null) return []
  const group = node as Tree
  if ('from' in group || 'const' in group) return wantedOf(group, at, around)
  const within = { ...around, ...eachOf(group['each']) }
  return Object.entries(group).flatMap(([key, inner]) =>
    key === 'each' || key === 'when' ? [] : walk(inner, [...at, key], within),
  )
}

function eachOf(each: unknown): Pick<Around, 'columns' | 'rows'> {
  if (typeof each !== 'object' || each === null) return {}
  const { columns, rows } = each as { columns?: unknown; rows?: unknown }
  const [first, last] = typeof columns === 'string' ? columns.split('..').map(Number) : []
  const many = Array.from({ length: Math.max(0, (last ?? -1) - (first ?? 0) + 1) }, (_, n) => String((first ?? 0) + n))
  return {
    ...(columns !== undefined && { columns: Array.isArray(columns) ? columns.map(String) : many }),
    ...(Array.isArray(rows) && { rows: rows as Record<string, string>[] }),
  }
}

function wantedOf(binding: Tree, at: readonly string[], { columns, rows, tests }: Around): Wanted[] {
  const texts = [binding['from']].flat().filter((text): text is string => typeof text === 'string')
  return texts.flatMap((text, place): Wanted[] => {
    const base = { field: fieldOf(binding, at, place), at, needed: binding['need'] === 'record' && place === 0 }
    if (text.includes('{n}')) return (columns ?? []).map((n) => ({ ...base, header: text.replaceAll('{n}', n), number: Number(n) }))
    if (!text.includes('{')) return [{ ...base, header: text }]
    return (rows ?? []).map((row) => {
      const header = text.replace(/\{(\w+)\}/g, (_, word: string) => row[word] ?? '')
      const loinc = row['code'] ?? tests.get(fold(row['col'] ?? '')) ?? tests.get((row['col'] ?? '').toLowerCase())
      const vital = Object.entries(vitals).find(([, one]) => one.loinc === loinc)?.[0]
      return { ...base, header, field: vital ?? base.field, ...(loinc !== undefined && { loinc }) }
    })
  })
} // prettier-ignore

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

function distinct(all: readonly Wanted[]): readonly Wanted[] {
  return [...new Map(all.map((one) => [`${fold(one.header)} ${one.field}`, one])).values()]
}

/** Fields that are much alike: what one dialect calls the report's time another calls the result's. */
const kin: readonly (readonly string[])[] = [
  ['patient.birth', 'age'],
  [
    'result.at',
    'report.at',
    'visit.at',
    'medication.at',
    'medication.dispensedAt',
    'appointment.start',
    'report.issued',
  ],
  ['report.orderer', 'visit.referrer', 'visit.doctor', 'medication.by', 'appointment.doctor'],
  ['visit.id', 'report.id', 'appointment.id', 'bill'],
  ['problem', 'problem.icd10'],
]

export function fit(dialect: Dialect, { found, unbound }: Findings): Fit {
  const all: Finding[] = [...found, ...unbound.map(unknown)]
  const met = new Map<Wanted, Finding>()
  const taken = new Set<string>()
  for (const rank of ranks) {
    for (const wanted of dialect.wanted) {
      if (met.has(wanted)) continue
      const match = all.find((one) => !taken.has(one.path) && rank(wanted, one))
      if (!match) continue
      met.set(wanted, match)
      taken.add(match.path)
    }
  }
  const unmet = dialect.wanted.filter((wanted) => !met.has(wanted) && !headerMet(wanted, met))
  const extra = found.filter(({ path, field }) => !taken.has(path) && field !== 'serial')
  return { dialect, met, unmet, extra, score: scoreOf(dialect, met, unmet, extra) }
}

/** A column may be asked for twice (`Date` for the visit and for the age). */
function headerMet(wanted: Wanted, met: ReadonlyMap<Wanted, Finding>): boolean {
  return [...met.keys()].some(({ header }) => fold(header) === fold(wanted.header))
}

function unknown(column: { path: string; header: string; values: readonly string[] }): Finding {
  const profile = { filled: 0, distinct: 0, looks: new Map(), counts: false, words: [] }
  return { ...column, field: '', confidence: 0, why: 'the header is the dialect’s own', profile }
}

/** From the surest way to the least sure. */
const ranks: readonly ((wanted: Wanted, one: Finding) => boolean)[] = [
  (wanted, one) => fold(wanted.header) === fold(one.header),
  (wanted, one) => wanted.loinc !== undefined && wanted.loinc === (one.loinc ?? vitals[one.field]?.loinc),
  (wanted, one) => wanted.loinc === undefined && one.loinc === undefined && wanted.field === one.field && (wanted.number ?? one.number) === one.number,
  (wanted, one) =>
    wanted.field !== 'age' && wanted.field !== 'patient.birth' && one.loinc === undefined && (wanted.number ?? one.number) === one.number &&
    kin.some((group) => group.includes(wanted.field) && group.includes(one.field)),
  (wanted, one) => {
    const [a, b] = [wordsOf(wanted.header), wordsOf(one.header)]
    return one.field === '' && a.number === b.number && likeness(a.words, b.words) >= 0.75
  },
] // prettier-ignore

/** A series of numbered columns counts once. */
function scoreOf({ wanted }: Dialect, met: ReadonlyMap<Wanted, Finding>, unmet: readonly Wanted[], extra: readonly Finding[]): number {
  const series = (all: readonly Wanted[]) => new Set(all.map(({ at, number, header }) => (number === undefined ? header : at.join('.')))).size
  if (unmet.some(({ needed }) => needed)) return 0
  const exact = [...met].filter(([{ header }, one]) => fold(header) === fold(one.header)).length
  const strong = extra.filter(({ confidence }) => confidence >= 0.7).length
  const own = series([...met.keys()])
  const missing = Math.max(0, series(wanted) - own)
  return own / (own + missing + strong * 0.7) + (exact / Math.max(1, wanted.length)) * 0.1
} // prettier-ignore

/** Of the dialects for such tables the one that fits best, when it fits well. */
export function nearestTable(library: Library, sample: Sample, findings: Findings, legacy: boolean): Fit | undefined {
    const fits = library
    .dialects()
    .map((name) => readDialect(library, name))
    .filter(({ source, wanted }) => source['kind'] === sample.kind && wanted.length > 0)
    .filter(({ source }) => (source['legacyFont'] !== undefined) === legacy)
    .map((dialect) => fit(dialect, findings))
    .toSorted((a, b) => b.score - a.score)
  const best = fits[0]
  return best && best.score >= LEAST ? best : undefined
} // prettier-ignore

/** Below it, a file of its own is shorter than all that must be taken back. */
const LEAST = 0.62
