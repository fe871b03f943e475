import { fold } from '../../read/header.ts'
import type { Column } from '../columns/column.ts'
import type { Finding, Recognised } from '../columns/finding.ts'
import { likeness } from '../columns/likeness.ts'
import { vitals } from '../columns/vitals.ts'
import { wordsOf } from '../columns/words.ts'
import type { Dialect } from './dialect.ts'
import type { Wanted } from './wanted.ts'

/** A dialect beside a sample: which of its columns are which of the sample's. */
export interface Fit {
  readonly dialect: Dialect
  /** Wanted column → the sample's. */
  readonly met: ReadonlyMap<Wanted, Finding>
  readonly unmet: readonly Wanted[]
  /** Of the sample, recognised, and not asked for. */
  readonly extra: readonly Finding[]
  /** Weighed share of what is met, of both sides. */
  readonly score: number
}

/** Gives each column that a dialect wants the likeliest of the sample's, the surest pairs first. */
export function fit(dialect: Dialect, { found, unbound }: Recognised): Fit {
  const all = [...found.all, ...unbound.map(unknown)]
  const met = new Map<Wanted, Finding>()
  const taken = new Set<string>()
  for (const isMeant of ranks) {
    for (const wanted of dialect.wanted) {
      if (met.has(wanted)) continue
      const match = all.find((one) => !taken.has(one.path) && isMeant(wanted, one))
      if (!match) continue
      met.set(wanted, match)
      taken.add(match.path)
    }
  }
  const paired = {
    dialect,
    met,
    unmet: dialect.wanted.filter((wanted) => !met.has(wanted) && !says(met, wanted.header)),
    extra: found.all.filter(({ path, field }) => !taken.has(path) && field !== 'serial'),
  }
  return { ...paired, score: scoreOf(paired) }
}

/** Whether the sample has the column that the dialect calls so; it may be asked for twice (`Date` for the visit, for the age). */
export function says(met: Fit['met'], header: string): boolean {
  return [...met.keys()].some((one) => fold(one.header) === fold(header))
}

function unknown(column: Column): Finding {
  const profile = { filled: 0, distinct: 0, looks: new Map(), counts: false, words: [] }
  return { ...column, field: '', confidence: 0, why: 'the header is the dialect’s own', profile }
}

/** Fields that are much alike: what one dialect calls the report's time another calls the result's. */
// prettier-ignore
const kin: readonly (readonly string[])[] = [
  ['result.at', 'report.at', 'visit.at', 'medication.at', 'medication.dispensedAt', 'appointment.start', 'report.issued'],
  ['report.orderer', 'visit.referrer', 'visit.doctor', 'medication.by', 'appointment.doctor'],
  ['visit.id', 'report.id', 'appointment.id', 'bill'],
  ['problem', 'problem.icd10'],
]

/** Ways to tell that a column is the wanted one, from the surest to the least sure. */
const ranks: readonly ((wanted: Wanted, one: Finding) => boolean)[] = [
  (wanted, one) => fold(wanted.header) === fold(one.header),
  (wanted, one) => wanted.loinc !== undefined && wanted.loinc === loincOf(one),
  (wanted, one) => wanted.loinc === undefined && wanted.field === one.field && haveOneNumber(wanted, one),
  (wanted, one) => areKin(wanted.field, one.field) && haveOneNumber(wanted, one),
  (wanted, one) => one.field === '' && areCalledAlike(wanted.header, one.header),
]

function loincOf({ loinc, field }: Finding): string | undefined {
  return loinc ?? vitals[field]?.loinc
}

function haveOneNumber(wanted: Wanted, one: Finding): boolean {
  return wanted.number === undefined || wanted.number === one.number
}

function areKin(a: string, b: string): boolean {
  return kin.some((all) => all.includes(a) && all.includes(b))
}

function areCalledAlike(a: string, b: string): boolean {
  const [some, others] = [wordsOf(a), wordsOf(b)]
  return some.number === others.number && likeness(some.words, others.words) >= 0.75
}

/** What is met, of all that either side has; exact names are worth a little more. */
function scoreOf({ dialect, met, unmet, extra }: Omit<Fit, 'score'>): number {
  if (unmet.some(({ needed }) => needed)) return 0
  const own = countOf([...met.keys()])
  const missing = Math.max(0, countOf(dialect.wanted) - own)
  const strong = extra.filter(({ confidence }) => confidence >= 0.7).length
  const exact = [...met].filter(([{ header }, one]) => fold(header) === fold(one.header)).length
  return own / (own + missing + strong * 0.7) + (exact / Math.max(1, dialect.wanted.length)) * 0.1
}

/** A series of numbered columns counts once. */
function countOf(all: readonly Wanted[]): number {
  return new Set(all.map(({ at, number, header }) => (number === undefined ? header : at.join('.')))).size
}
