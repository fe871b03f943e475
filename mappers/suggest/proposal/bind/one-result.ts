import type { Finding } from '../../columns/finding.ts'
import { binding, constant } from '../binding.ts'
import { quoted, type Line, type Lines } from '../lines.ts'
import type { CodeNames } from '../../columns/code-lists.ts'
import type { Ledger } from './ledger.ts'

interface Asked {
  readonly lab: boolean
  readonly codes: CodeNames
  readonly status: Finding | undefined
}

/** A row a result: the test in one column, its value in another. undefined: there are no such columns. */
export function oneResult(ledger: Ledger, { lab, codes, status }: Asked): Lines | undefined {
  const [code, value] = [ledger.of('result.code'), ledger.of('result.value')]
  if (!code || !value) return undefined
  ledger.place(code, value, status)
  return [
    codeLine(ledger, code, codes),
    binding('value', value, { as: 'measure', need: 'record' }),
    ...detailLines(ledger, lab),
    ...rangeLines(ledger),
    ...(status ? [binding('status', status)] : lab ? [] : [constant('status', 'final')]),
    constant('category', 'laboratory'),
  ]
}

function codeLine(ledger: Ledger, code: Finding, codes: CodeNames): Line {
  const loinc = ledger.of('result.loinc')
  ledger.place(loinc)
  if (!loinc)
    return binding('code', code, { as: codes.test === undefined ? 'coded' : '{ code: test }', need: 'record' })
  const as = `{ coded: { system: loinc, text-from: ${quoted(code.path)} } }`
  return binding('code', loinc, { as, need: 'record' })
}

function detailLines(ledger: Ledger, lab: boolean): Line[] {
  const details: readonly (readonly [field: string, column: Finding | undefined, as: string])[] = [
    ['unit', ledger.of('result.unit'), ''],
    ['range', ledger.of('result.range'), ''],
    ['flag', ledger.of('result.flag'), ''],
    ['method', ledger.of('result.method'), 'coded'],
    // In a laboratory's sheet these are of the report.
    ['at', lab ? undefined : ledger.firstOf('report.at', 'report.issued'), 'datetime'],
    ['by', lab ? undefined : ledger.of('report.by'), 'person'],
  ]
  ledger.place(...details.map(([, column]) => column))
  return details.flatMap(([field, column, as]) => (column ? [binding(field, column, { as })] : []))
}

/** The usual range from its bounds, where no column tells it whole. */
function rangeLines(ledger: Ledger): Line[] {
  const [low, high] = [ledger.of('result.low'), ledger.of('result.high')]
  if (!low || !high || ledger.has('result.range')) return []
  ledger.place(low, high)
  return [binding('range', [low, high], { join: ' - ' })]
}
