import type { Finding } from '../../columns/finding.ts'
import { shareOf } from '../../columns/profile.ts'
import { labelOf, unitOf } from '../../columns/tests.ts'
import { vitals } from '../../columns/vitals.ts'
import { because, constant } from '../binding.ts'
import { line, quoted, under, type Line, type Lines } from '../lines.ts'
import type { Ledger } from './ledger.ts'

/** Where the columns of tests stand: in a laboratory's sheet, in the report of a picture, or in a register. */
interface Sheet {
  readonly lab: boolean
  readonly imaged?: boolean
}

/** Columns that are tests of their own: those with the same bindings stand in one group. */
export function testGroups(columns: readonly Finding[], ledger: Ledger, { lab, imaged = false }: Sheet): Lines[] {
  ledger.place(...columns)
  const otherwise = imaged ? 'imaging' : lab ? 'laboratory' : 'exam'
  const groups = new Map<string, [Row, ...Row[]]>()
  for (const column of columns) {
    const row = rowOf(column, otherwise)
    const alike = JSON.stringify([row.category, row.loinc !== undefined, row.unit !== undefined, row.dated])
    const group = groups.get(alike)
    if (group) group.push(row)
    else groups.set(alike, [row])
  }
  return [...groups.values()].map((rows) => groupOf(rows, lab))
}

interface Row {
  readonly column: Finding
  readonly loinc: string | undefined
  readonly unit: string | undefined
  readonly dated: boolean
  readonly category: string
}

function rowOf(column: Finding, otherwise: string): Row {
  const vital = vitals[column.field]
  const { loinc } = vital ?? column
  return {
    column,
    loinc,
    unit: isInCelsius(column) ? 'Cel' : (vital?.unit ?? unitOf(column.header)),
    dated: shareOf(column.profile, 'date') > 0.8,
    category: vital ? 'vital-signs' : categoryOf(loinc, otherwise),
  }
}

function isInCelsius({ field, values }: Finding): boolean {
  return field === 'vital.temperature' && values.some((value) => Number(value) > 20 && Number(value) < 46)
}

const RESPIRATORY_RATE = '9279-1'

/** What somebody found out by looking and asking, not in a laboratory. */
const examined = new Set('8339-4 39156-5 9843-4 11881-0 55283-6 18185-9 11996-6 11977-6 8665-2 11778-8'.split(' '))

function categoryOf(loinc: string | undefined, otherwise: string): string {
  if (loinc === undefined) return otherwise
  if (loinc === RESPIRATORY_RATE) return 'vital-signs'
  return examined.has(loinc) ? 'exam' : 'laboratory'
}

function groupOf(rows: readonly [Row, ...Row[]], lab: boolean): Lines {
  const [{ loinc, unit, dated, category }] = rows
  const read = dated ? 'date-result' : unit === undefined ? 'measure' : `{ measure: { unit: '{unit}' } }`
  const ofReport = lab && category !== 'vital-signs' && category !== 'exam'
  return [
    ...under('each', under('rows', rows.map(rowLine))),
    loinc === undefined
      ? constant('code', "'{name}'", { as: 'coded' })
      : constant('code', "'{code}'", { as: `{ coded: { system: loinc, text: '{name}' } }` }),
    line(`value: { from: '{col}', as: ${read} }`),
    ...(ofReport ? [] : [constant('status', 'final')]),
    constant('category', category),
  ]
}

function rowLine({ column, loinc, unit }: Row): Line {
  const parts = [
    `col: ${quoted(column.path)}`,
    `name: ${quoted(labelOf(column.header))}`,
    loinc !== undefined && `code: ${loinc}`,
    unit !== undefined && `unit: ${quoted(unit)}`,
  ].filter(Boolean)
  return line(`- { ${parts.join(', ')} }`, because(column))
}
