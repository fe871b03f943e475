import type { Finding } from '../../columns/finding.ts'
import { vitals } from '../../columns/vitals.ts'
import type { Fit } from '../../dialect/fit.ts'
import { alone } from '../bind/alone.ts'
import { because, binding, constant } from '../binding.ts'
import { line, quoted, under, type Line } from '../lines.ts'

/** What a sample has besides the dialect. */
export interface Added {
  readonly lines: readonly Line[]
  /** Paths of the columns that they bind. */
  readonly used: readonly string[]
  /** Places of `bind:` that they take. */
  readonly places: ReadonlySet<string>
}

export function addedTo(fit: Fit): Added {
  const parts = [...birthParts(fit), ...fieldParts(fit), ...signParts(fit)]
  return {
    lines: parts.flatMap(({ lines }) => lines),
    used: parts.flatMap(({ columns }) => columns.map(({ path }) => path)),
    places: new Set(parts.map(({ place }) => place)),
  }
}

interface Part {
  readonly place: string
  readonly lines: readonly Line[]
  readonly columns: readonly Finding[]
}

/** A date of birth wins over the dialect's age, which is only a remark beside it. */
function birthParts({ met, extra }: Fit): Part[] {
  const birth = extra.find(({ field }) => field === 'patient.birth')
  if (!birth) return []
  const age = [...met.keys()].find(({ field }) => field === 'age')
  const note = 'beside a date of birth an age is only a remark'
  return [
    part('patient.birth', birth, '!replace date'),
    ...(age ? [{ place: 'patient.age', lines: [line(`patient.age: ${quoted(age.header)}`, note)], columns: [] }] : []),
  ]
}

/** Fields that one column fills, where the dialect has no binding for them at all. */
// prettier-ignore
const simple: Readonly<Record<string, string>> = {
  ...only(
    'patient.mother', 'patient.sex', 'patient.abha', 'patient.otherIds', 'visit.department', 'visit.doctor', 'visit.referrer',
    'visit.referredTo', 'visit.ward', 'visit.bed', 'visit.complaint', 'visit.token', 'visit.fee', 'visit.followUp', 'visit.notes',
  ),
  'patient.relation': '{ relation: guardian }',
  'patient.phones': 'in-mobile',
  'patient.address': 'address',
  'visit.end': 'datetime',
}

function only(...fields: readonly (keyof typeof alone)[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.map((field) => [field, alone[field]]))
}

/** Below it a column is not bound beside a dialect. */
const LEAST = 0.6

function fieldParts({ dialect, extra }: Fit): Part[] {
  const bound = new Set(dialect.wanted.map(({ field }) => field))
  return extra.flatMap((one) => {
    const as = simple[one.field]
    if (as === undefined || bound.has(one.field) || one.confidence < LEAST) return []
    bound.add(one.field)
    return part(one.field, one, as)
  })
}

function part(place: string, column: Finding, as: string): Part {
  return { place, lines: [binding(place, column, { as })], columns: [column] }
}

/** Vital signs, where the dialect has no results. */
function signParts({ dialect, extra }: Fit): Part[] {
  const signs = extra.filter(({ field }) => vitals[field])
  if (signs.length === 0 || dialect.bind['result'] !== undefined || dialect.bind['report'] !== undefined) return []
  const lines = under('result', [
    ...under('each', under('rows', signs.map(signLine))),
    constant('code', "'{code}'", { as: '{ coded: loinc }' }),
    line("value: { from: '{col}', as: { measure: { unit: '{unit}' } } }"),
    constant('category', 'vital-signs'),
  ])
  return [{ place: 'result', lines, columns: signs }]
}

function signLine(sign: Finding): Line {
  const { loinc, unit } = vitals[sign.field] ?? { loinc: '', unit: '' }
  return line(`- { col: ${quoted(sign.path)}, code: ${loinc}, unit: ${quoted(unit)} }`, because(sign))
}
