import type { Finding } from '../../columns/finding.ts'
import { vitals } from '../../columns/vitals.ts'
import { binding, constant } from '../binding.ts'
import { underEach, type Line, type Lines } from '../lines.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Ledger } from './ledger.ts'
import { oneResult } from './one-result.ts'
import { pressures } from './pressures.ts'
import { reportLines } from './report.ts'
import { testGroups } from './test-columns.ts'

interface Asked {
  readonly codes: CodeNames
  /** Lists of results that each record of a tree holds. */
  readonly inside: readonly Lines[]
}

/** What was measured: a column a test, a row a test, and the report around them. */
export function resultLines(ledger: Ledger, { codes, inside }: Asked): Line[] {
  const lab = isLab(ledger)
  const signs = ledger.all.filter(({ field }) => vitals[field])
  const at = chartedAt(ledger)
  const vital = [...testGroups(signs, ledger, { lab }), ...pressures(ledger)].map((group) => [...group, ...at])
  const status = ledger.firstOf('report.status', 'status')
  const single = oneResult(ledger, { lab, codes, status })
  const tests = [
    ...inside.map((group) => (lab || status ? group : [...group, constant('status', 'final')])),
    ...(single ? [single] : []),
    ...testGroups(ledger.allOf('test'), ledger, { lab, imaged: isImaged(ledger) }),
  ]
  const reported = lab && (tests.length > 0 || ledger.has('report.conclusion', 'report.notes'))
  if (!reported) return underEach('result', [...vital, ...tests.map((group) => [...group, ...at])])
  return [...underEach('result', vital), ...reportLines(ledger, { results: tests, unnumbered: single !== undefined })]
}

/** A laboratory's sheet tells of reports; a register of visits may hold results, too, and those stand by themselves. */
function isLab(ledger: Ledger): boolean {
  if (ledger.has('report.id', 'report.conclusion')) return true
  if (ledger.has('visit.at', 'visit.id') || !ledger.has('report.at', 'report.issued', 'report.code')) return false
  const ofPatients = ledger.has('patient.localId') && ledger.has('report.at', 'report.issued')
  return !ledger.has('result.code') || ofPatients
}

/** An echo or a scan: somebody's impression of it, and what was measured on the way. */
function isImaged(ledger: Ledger): boolean {
  return ledger.has('report.conclusion') && ledger.allOf('test').every(({ loinc }) => loinc === undefined)
}

/** Each row of a chart has a time of its own. */
function chartedAt(ledger: Ledger): Line[] {
  const at = ledger.of('result.at')
  if (!at) return []
  const columns: (Finding | undefined)[] = [at, ledger.of('time')]
  ledger.place(...columns)
  return [binding('at', columns, { as: 'datetime', need: 'record' })]
}
