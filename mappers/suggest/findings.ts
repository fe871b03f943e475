import { fold, type CodeRow } from '../spec/codes.ts'
import { bindColumns, type Binding } from './bind.ts'
import { profileOf } from './profiles.ts'
import type { Found } from './sample.ts'

/** A column, what it seems to mean, and why. */
export interface Finding extends Binding {
  /** What a binding of this file says for it. */
  readonly path: string
  readonly values: readonly string[]
  /** Of a column that is a test of its own: its LOINC code. */
  readonly loinc?: string
}

export interface Findings {
  readonly found: readonly Finding[]
  readonly unbound: readonly Found[]
}

/** Their headers share a word with too many others (`Bill Status`). */
const vague = new Set(['patient.marital', 'patient.religion', 'appointment.status', 'visit.class', 'visit.referredTo'])

type Lists = ReadonlyMap<string, readonly CodeRow[]>

/** Columns named by a test are told by the code lists; all others by the lexicon and their values. */
export function findingsOf(columns: readonly Found[], lists: Lists): Findings {
  const tests = testColumns(columns, lists)
  const bindings = bindColumns(columns.filter(({ path }) => !tests.has(path))).bindings.filter(
    ({ field, confidence }) => confidence >= (vague.has(field) ? 0.8 : 0),
  )
  const byHeader = new Map(bindings.map((binding) => [binding.header, binding]))
  const found: Finding[] = []
  const unbound: Found[] = []
  for (const column of columns) {
    const test = tests.get(column.path)
    const binding = byHeader.get(column.header)
    if (test) found.push({ ...column, ...test })
    else if (binding) found.push({ ...column, ...binding })
    else unbound.push(column)
  }
  return { found: laboratory(found), unbound }
}

/** In a laboratory's sheet who sends the patient asks for the report, and there is no visit. */
function laboratory(found: readonly Finding[]): readonly Finding[] {
  const has = (field: string) => found.some((one) => one.field === field)
  const results = has('result.code') || found.some(({ loinc }) => loinc !== undefined)
  if (!results || has('visit.id') || has('visit.at') || has('report.orderer')) return found
  return found.map((one) => (one.field === 'visit.referrer' ? { ...one, field: 'report.orderer' } : one))
}

/** A single such name may be chance (`K`, `NA`); two are the sheet of a laboratory. */
function testColumns(columns: readonly Found[], lists: Lists): Map<string, Omit<Finding, 'path' | 'header' | 'values'> & { header: string }> {
  const codes = testCodes(lists)
  const found = columns.flatMap(({ path, header, values }) => {
    const loinc = codes.get(fold(header)) ?? codes.get(fold(header.replace(/\s*[([].*$/, '')))
    if (loinc === undefined) return []
    const profile = profileOf(values)
    const why = 'a code list knows a test by this name'
    return [[path, { header, field: 'result.value', confidence: 0.9, why, profile, loinc }] as const]
  })
  return new Map(found.length >= 2 ? found : [])
} // prettier-ignore

const LOINC = 'http://loinc.org'

/** Every word of a code list for tests, in both columns, that means one LOINC code. */
export function testCodes(lists: Lists): ReadonlyMap<string, string> {
  const codes = new Map<string, string>()
  for (const rows of lists.values()) {
    for (const { word, display, target } of rows) {
      if (target?.system !== LOINC) continue
      for (const name of [word, display ?? '']) if (name && !codes.has(fold(name))) codes.set(fold(name), target.code)
    }
  }
  return codes
}

/** The list that knows the most of these words, when it knows at least a third of them. */
export function bestList(values: readonly string[], lists: Lists, systems: RegExp): { name: string; share: number } | undefined {
  const words = [...new Set(values.map(fold).filter(Boolean))]
  if (words.length === 0) return undefined
  const scored = [...lists].flatMap(([name, rows]) => {
    const fitting = rows.filter(({ target }) => target?.system !== undefined && systems.test(target.system))
    if (fitting.length < rows.length / 2) return []
    const known = new Set(rows.map(({ word }) => fold(word)))
    return [{ name, share: words.filter((word) => known.has(word)).length / words.length }]
  })
  const best = scored.toSorted((a, b) => b.share - a.share)[0]
  return best && best.share >= 1 / 3 ? best : undefined
} // prettier-ignore
