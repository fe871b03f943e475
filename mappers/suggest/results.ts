import { pressures } from './combined.ts'
import { vitals } from './dialect.ts'
import type { Finding } from './findings.ts'
import { because, list, quoted, type Line } from './lines.ts'
import { categoryOf, labelOf } from './tests.ts'

/** What was measured: a column a test, a row a test, and the report around them. */
export interface From {
  readonly found: readonly Finding[]
  readonly used: Set<Finding>
  /** The code list that knows the tests. */
  readonly list?: string | undefined
  /** Lists of results that each record of a tree holds. */
  readonly inside: readonly Group[]
}

type Group = readonly Line[]

export function resultLines(from: From): Line[] {
  const { found, used, inside } = from
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const lab = isLab(found)
  // An echo or a scan: somebody's impression of it, and what was measured on the way.
  const imaged =
    of('report.conclusion') !== undefined && !found.some(({ loinc }) => loinc !== undefined && loinc !== '')
  const at = chartedAt(from)
  const signs = found.filter(({ field }) => vitals[field])
  const pressure = of('vital.pressure')
  if (pressure) used.add(pressure)
  const vital = [...rowGroups(signs, used, lab), ...pressures(pressure)].map((group) => [...group, ...at])
  const [code, value] = [of('result.code'), of('result.value')]
  const long = code && value
  const tests = [
    ...inside.map((lines) => statused(lines, of('report.status') ?? of('status'), lab)),
    ...(long ? [oneResult(code, value, from, lab)] : []),
    ...rowGroups(found.filter(({ loinc }) => loinc !== undefined), used, lab, imaged),
  ] // prettier-ignore
  const told = lab && (tests.length > 0 || of('report.conclusion') !== undefined || of('report.notes') !== undefined)
  if (!told) return groupsUnder('result', [...vital, ...tests.map((group) => [...group, ...at])], '  ')
  return [...groupsUnder('result', vital, '  '), ...reportLines(from, tests, long !== undefined)]
}

/** Each row of a chart has a time of its own. */
function chartedAt({ found, used }: From): Line[] {
  const [at, time] = ['result.at', 'time'].map((field) => found.find((one) => one.field === field && one.loinc === undefined))
  if (!at) return []
  used.add(at)
  if (time) used.add(time)
  const from = time ? `${list([at.path, time.path])}, join: ' '` : quoted(at.path)
  return [{ text: `at: { from: ${from}, as: datetime, need: record }`, note: because(at) }]
} // prettier-ignore

/** Results of a list are final where nothing else says so; in a report they are what the report is. */
function statused(lines: Group, status: Finding | undefined, lab: boolean): Group {
  return lab || status ? lines : [...lines, { text: 'status: { const: final }' }]
}

/** A laboratory's sheet tells of reports; a register of visits may hold results, too, and those stand by themselves. */
function isLab(found: readonly Finding[]): boolean {
  const has = (...fields: readonly string[]) => found.some(({ field, loinc }) => loinc === undefined && fields.includes(field))
  if (has('report.id') || has('report.conclusion')) return true
  const whole = !has('result.code') || (has('patient.localId') && has('report.at', 'report.issued'))
  return !has('visit.at', 'visit.id') && has('report.at', 'report.issued', 'report.code') && whole
} // prettier-ignore

function groupsUnder(name: string, groups: readonly Group[], indent: string): Line[] {
  if (groups.length === 0) return []
  if (groups.length === 1) return [{ text: `${indent}${name}:` }, ...(groups[0] ?? []).map((line) => ({ ...line, text: `${indent}  ${line.text}` }))] // prettier-ignore
  return [
    { text: `${indent}${name}:` },
    ...groups.flatMap((lines) => lines.map((line, at) => ({ ...line, text: `${indent}  ${at === 0 ? '- ' : '  '}${line.text}` }))),
  ]
} // prettier-ignore

interface Row {
  readonly one: Finding
  readonly code: string
  readonly unit: string | undefined
  readonly dated: boolean
  readonly category: string
}

/** Columns of tests: those with the same bindings stand in one group. */
function rowGroups(columns: readonly Finding[], used: Set<Finding>, lab: boolean, imaged = false): Line[][] {
  const otherwise = imaged ? 'imaging' : lab ? 'laboratory' : 'exam'
  const groups = new Map<string, Row[]>()
  for (const one of columns) {
    used.add(one)
    const row = rowOf(one, otherwise)
    const form = [row.category, row.code !== '', row.unit !== undefined, row.dated].join(' ')
    groups.set(form, [...(groups.get(form) ?? []), row])
  }
  return [...groups.values()].map((rows) => rowsOf(rows, lab))
}

function rowOf(one: Finding, otherwise: string): Row {
  const vital = vitals[one.field]
  const warm = one.field === 'vital.temperature' && one.values.some((value) => Number(value) > 20 && Number(value) < 46)
  return {
    one,
    code: vital?.loinc ?? one.loinc ?? '',
    unit: warm ? 'Cel' : (vital?.unit ?? one.unit),
    dated: (one.profile.looks.get('date') ?? 0) > 0.8,
    category: vital ? 'vital-signs' : categoryOf(one.loinc ?? '', otherwise),
  }
}

function rowsOf(rows: readonly Row[], lab: boolean): Line[] {
  const [first] = rows
  const texts = rows.map(({ one, code, unit }) => ({
    text: `    - { col: ${quoted(one.path)}, name: ${quoted(one.label ?? labelOf(one.header))}${code && `, code: ${code}`}${unit === undefined ? '' : `, unit: ${quoted(unit)}`} }`,
    note: because(one),
  }))
  const read = first?.dated ? 'date-result' : first?.unit === undefined ? 'measure' : `{ measure: { unit: '{unit}' } }`
  return [
    { text: 'each:' },
    { text: '  rows:' },
    ...texts,
    { text: first?.code ? `code: { const: '{code}', as: { coded: { system: loinc, text: '{name}' } } }` : `code: { const: '{name}', as: coded }` },
    { text: `value: { from: '{col}', as: ${read} }` },
    ...(lab && first?.category !== 'vital-signs' && first?.category !== 'exam' ? [] : [{ text: 'status: { const: final }' }]),
    { text: `category: { const: ${first?.category ?? 'laboratory'} }` },
  ]
} // prettier-ignore

/** A row a result. */
function oneResult(code: Finding, value: Finding, { found, used, list: codes }: From, lab: boolean): Line[] {
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const rest = [
    ['unit', of('result.unit'), ''], ['range', of('result.range'), ''], ['flag', of('result.flag'), ''], ['method', of('result.method'), 'coded'],
    ...(lab ? [] : ([['at', of('report.at') ?? of('report.issued'), 'datetime'], ['by', of('report.by'), 'person']] as const)),
  ] as const // prettier-ignore
  const status = of('report.status') ?? of('status')
  const [low, high, loinc] = [of('result.low'), of('result.high'), of('result.loinc')]
  const bounds = low && high && !of('result.range') ? [low, high] : []
  for (const one of [code, value, status, loinc, ...bounds, ...rest.map(([, one]) => one)]) if (one) used.add(one)
  const coded = codes === undefined ? 'coded' : '{ code: test }'
  return [
    loinc
      ? { text: `code: { from: ${quoted(loinc.path)}, as: { coded: { system: loinc, text-from: ${quoted(code.path)} } }, need: record }`, note: because(loinc) }
      : { text: `code: { from: ${quoted(code.path)}, as: ${coded}, need: record }`, note: because(code) },
    { text: `value: { from: ${quoted(value.path)}, as: measure, need: record }`, note: because(value) },
    ...rest.flatMap(([field, one, as]) => one ? [{ text: `${field}: ${as === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}, as: ${as} }`}`, note: because(one) }] : []),
    ...(bounds.length > 0 ? [{ text: `range: { from: ${list(bounds.map(({ path }) => path))}, join: ' - ' }`, note: because(bounds[0] ?? code) }] : []),
    ...(status ? [{ text: `status: ${quoted(status.path)}`, note: because(status) }] : lab ? [] : [{ text: 'status: { const: final }' }]),
    { text: 'category: { const: laboratory }' },
  ]
} // prettier-ignore

function reportLines({ found, used }: From, results: readonly Group[], long: boolean): Line[] {
  const of = (field: string) => found.find((one) => one.field === field && one.loinc === undefined)
  const fields = [
    ['id', 'report.id', ''], ['issued', 'report.issued', 'datetime'], ['orderer', 'report.orderer', 'person'], ['by', 'report.by', 'person'],
    ['category', 'report.category', 'coded'], ['code', 'report.code', 'coded'], ['status', 'report.status', ''],
    ['conclusion', 'report.conclusion', ''], ['notes', 'report.notes', ''],
  ] as const // prettier-ignore
  const lines: Line[] = [{ text: '  report:' }]
  const at = of('report.at') ?? of('visit.at')
  const time = of('report.at') ? of('report.time') : of('time')
  if (long && !of('report.id')) {
    const parts = [of('patient.localId'), at ?? of('report.issued')].flatMap((one) => one?.path ?? [])
    if (parts.length > 0) lines.push({ text: `    id: { from: ${list(parts)}, join: ' ' }`, note: 'no number names a report: the patient and the time do' })
  }
  for (const [field, meaning, as] of fields) {
    const one = of(meaning)
    if (!one) continue
    used.add(one)
    lines.push({ text: `    ${field}: ${as === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}, as: ${as} }`}`, note: because(one) })
  }
  if (at) {
    used.add(at)
    if (time) used.add(time)
    const from = time ? `${list([at.path, time.path])}, join: ' '` : quoted(at.path)
    lines.push({ text: `    at: { from: ${from}, as: datetime }`, note: because(at) })
  }
  const specimen = of('specimen.type')
  if (specimen) {
    used.add(specimen)
    lines.push({ text: `    specimen: { type: { from: ${quoted(specimen.path)}, as: coded } }`, note: because(specimen) })
  }
  if (!of('report.code')) lines.push({ text: `    code: { const: ${results.length > 0 && !of('report.conclusion') ? 'Laboratory report' : 'Diagnostic report'} }` })
  if (!of('report.status')) lines.push({ text: '    status: { const: final }' })
  return [...lines, ...groupsUnder('result', results, '    ')]
} // prettier-ignore
