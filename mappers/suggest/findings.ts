import { fold, type CodeRow } from '../spec/codes.ts'
import { bindColumns, type Binding } from './bind.ts'
import { doubted } from './doubts.ts'
import { profileOf } from './profiles.ts'
import type { Found } from './sample.ts'
import { settled } from './settle.ts'
import { isTime, isVaccine, labelOf, unitOf, usualTest } from './tests.ts'

/** A column, what it seems to mean, and why. */
export interface Finding extends Binding {
  /** What a binding of this file says for it. */
  readonly path: string
  readonly values: readonly string[]
  /** Of a tree: the path finds several values. */
  readonly many?: boolean
  /** Of a column that is a test of its own: its LOINC code, '' where none is known. */
  readonly loinc?: string
  /** Of such a column: what it is called, and the unit that its header tells. */
  readonly label?: string
  readonly unit?: string
}

export interface Findings {
  readonly found: readonly Finding[]
  readonly unbound: readonly Found[]
}

type Lists = ReadonlyMap<string, readonly CodeRow[]>

/** Columns named by a test are told by the code lists and usual names; all others by the lexicon and their values. */
export function findingsOf(columns: readonly Found[], lists: Lists, inside = { results: false }): Findings {
  const tests = testColumns(columns, lists)
  const { bindings } = bindColumns(columns.filter(({ path }) => !tests.has(path)))
  const byHeader = new Map(bindings.map((binding) => [binding.header, binding]))
  const found: Finding[] = []
  const unbound: Found[] = []
  for (const column of columns) {
    const binding = given(column) ?? tests.get(column.path) ?? byHeader.get(column.header) ?? measured(column)
    if (binding) found.push({ ...column, ...binding })
    else unbound.push(column)
  }
  const told = settled(found, inside)
  const sure = doubted(told.found)
  return { found: sure.found, unbound: [...unbound, ...told.unbound, ...sure.unbound] }
}

type Test = Binding & Pick<Finding, 'loinc' | 'label' | 'unit'>

/** A single such name may be chance (`K`, `NA`); two are the sheet of a laboratory. */
function testColumns(columns: readonly Found[], lists: Lists): ReadonlyMap<string, Test> {
  const codes = testCodes(lists)
  const found = columns.flatMap(({ path, header, values }): [string, Test][] => {
    const listed = codes.get(fold(header)) ?? codes.get(fold(labelOf(header)))
    const loinc = listed ?? usualTest(header)
    const profile = profileOf(values)
    if (loinc === undefined || !isResult(profile)) return []
    const why = listed === undefined ? 'a test is usually called so' : 'a code list knows a test by this name'
    return [[path, { ...testOf(header), field: 'result.value', confidence: 0.9, why, profile, loinc }]]
  })
  const sure = found.filter(([, { header, unit, profile }]) => unit !== undefined || fold(labelOf(header)).length > 3 || look(profile, 'number') > 0.8) // prettier-ignore
  return new Map(found.length >= 2 ? found : sure)
}

/** The day on which a vaccine was given, in a column of its own. */
function given({ header, values }: Found): Test | undefined {
  if (!isVaccine(header)) return undefined
  const profile = profileOf(values)
  if (profile.filled === 0 || look(profile, 'date') < 0.7) return undefined
  return { header, label: labelOf(header), field: 'immunization.day', confidence: 0.9, why: 'a vaccine is called so, and its cells are days', profile }
} // prettier-ignore

/** Numbers under a header with a unit: something was measured, whatever it is called. */
function measured({ header, values }: Found): Test | undefined {
  const profile = profileOf(values)
  const unit = unitOf(header)
  if (unit === undefined || isTime(unit) || profile.filled === 0 || look(profile, 'measure') < 0.7) return undefined
  const why = 'a number with a unit in its header'
  return { ...testOf(header), field: 'result.value', confidence: 0.6, why, profile, loinc: '' }
}

function testOf(header: string): Pick<Test, 'header' | 'label' | 'unit'> {
  const unit = unitOf(header)
  return { header, label: labelOf(header), ...(unit !== undefined && { unit }) }
}

type Profile = Binding['profile']

function look(profile: Profile, name: 'number' | 'measure' | 'name' | 'date'): number {
  return profile.looks.get(name) ?? 0
}

/** What may stand in a column of results: numbers, or a few words again and again. */
function isResult(profile: Profile): boolean {
  return profile.filled === 0 || look(profile, 'measure') > 0.5 || look(profile, 'name') < 0.5 || profile.words.length > 0
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
