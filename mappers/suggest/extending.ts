import { fold } from '../read/header.ts'
import { vitals, type Fit, type Wanted } from './dialect.ts'
import type { Finding } from './findings.ts'
import { because, quoted, type Line } from './lines.ts'
import { codeList, datesLine, diagnosisSystems, drugSystems, headLines, ignoreLine, leftLines, sexWords, testSystems, type Proposal } from './proposal.ts' // prettier-ignore

/** A short file: a dialect, what its columns are called here, and what this facility has not or has besides. */
export function extendingText(proposal: Proposal, fit: Fit): readonly Line[] {
  const { sample, findings, legacy } = proposal
  const { dialect, met } = fit
  const { extra } = fit
  const aadhaar = findings.found.filter(({ field }) => field === 'patient.aadhaar').map(({ path }) => path)
  const serials = findings.found.filter(({ field, path }) => field === 'serial' && ![...met.values()].some((one) => one.path === path)).map(({ path }) => path) // prettier-ignore
  const aliases = aliasLines(fit)
  const bound = new Set([...met.values()].map(({ path }) => path))
  const more = moreLines(fit, extra)
  const fonts = [...met].filter(([, one]) => legacy.has(one.path)).map(([{ header }]) => header)
  const known = Object.keys((dialect.source['legacyFont'] as object | undefined) ?? {})
  const font = fonts.some((header) => !known.includes(header))
  const source = [
    ...encodingLine(sample.encoding, dialect.source),
    ...separatorLine(sample.separator, dialect.source),
    ...(sample.sheet === undefined ? [] : [{ text: `  sheet: ${quoted(sample.sheet)}`, note: 'the sheet whose columns tell of patients' }]),
    ...(font ? [{ text: '  legacyFont:' }, ...fonts.map((header) => ({ text: `    ${quoted(header)}: krutidev010`, note: 'Latin letters that come to Hindi syllables' }))] : []),
    ...datesLine(findings, wordOf(dialect.source['dates'])),
    ...ignoreLine(aadhaar, serials, sample.twins),
    ...(aliases.length > 0 ? [{ text: '  headerAliases:' }, ...aliases] : []),
  ] // prettier-ignore
  const bind = [...bindLines(dropped(fit, more.places)), ...more.lines]
  const codes = codeLines(proposal, fit)
  const unused = [...findings.unbound, ...extra].filter(({ path }) => !bound.has(path) && !more.used.includes(path))
  return [
    ...headLines(proposal),
    { text: `extends: ${dialect.name}`, note: `${Math.min(1, fit.score).toFixed(2)} the nearest dialect` },
    ...(source.length > 0 ? [{ text: 'source:' }, ...source] : []),
    ...(bind.length > 0 ? [{ text: 'bind:' }, ...bind] : []),
    ...(codes.length > 0 ? [{ text: 'codes:' }, ...codes] : []),
    ...leftLines(unused, aadhaar, sample.twins),
  ]
}

function wordOf(dates: unknown): string {
  return typeof dates === 'string' ? dates : 'day-first'
}

function encodingLine(encoding: readonly string[], source: Readonly<Record<string, unknown>>): Line[] {
  const declared = [source['encoding'] ?? []].flat().map(String)
  const [first] = encoding
  if (first === undefined || declared[0] === first || (declared.length > 1 && encoding.length > 1)) return []
  return [{ text: `  encoding: [${encoding.join(', ')}]`, note: 'as the bytes are' }]
}

function separatorLine(separator: string | undefined, source: Readonly<Record<string, unknown>>): Line[] {
  if (separator === undefined || source['kind'] !== 'csv' || separator === (source['separator'] ?? ',')) return []
  return [
    { text: `  separator: ${separator === '\t' ? '"\\t"' : `'${separator}'`}`, note: 'what stands between the cells' },
  ]
}

function aliasLines({ met }: Fit): Line[] {
  return [...met]
    .filter(([{ header }, { path }]) => fold(header) !== fold(path))
    .map(([{ header }, one]) => ({ text: `    ${quoted(one.path)}: ${quoted(header)}`, note: because(one) }))
}

/** Something said under `bind:`, by its place. */
interface Entry {
  readonly at: readonly string[]
  /** What stands behind the colon, or below it. */
  readonly value: string | readonly string[]
  readonly note: string
}

/** Places of `bind:` that the sample has nothing or not all for. */
function dropped({ dialect, met, unmet }: Fit, elsewhere: ReadonlySet<string>): Entry[] {
  const entries = new Map<string, Entry>()
  const says = (header: string) => [...met.keys()].some((one) => fold(one.header) === fold(header))
  const put = (entry: Entry) => void entries.set(entry.at.join('.'), entry)
  for (const { at, number, field } of unmet) {
    const there = dialect.wanted.filter((one) => one.at.join('.') === at.join('.') && says(one.header))
    if (elsewhere.has(at.join('.')) || (number !== undefined && there.length > 0)) continue
    const rows = rowsAt(at, dialect.bind)
    if (rows !== undefined && there.length > 0) put(withRows(at.slice(0, -1), dialect.bind, says))
    else if (there.length > 0) put({ at, value: `{ from: [${there.map(({ header }) => quoted(header)).join(', ')}] }`, note: `the sample has no column for ${field === 'time' ? 'the time' : field}` })
    else put({ at: placeToDrop(at, dialect.wanted, says), value: '!drop', note: 'the sample has no such column' })
  }
  const all = [...entries.values()]
  return all.filter(({ at }) => !all.some((one) => one.value === '!drop' && one.at.length < at.length && at.slice(0, one.at.length).join('.') === one.at.join('.')))
} // prettier-ignore

/** With its last field, or one that it cannot be without, the whole group goes. */
function placeToDrop(at: readonly string[], wanted: readonly Wanted[], says: (header: string) => boolean): readonly string[] {
  const group = at.slice(0, -1)
  if (group.length === 0) return at
  const others = wanted.filter((one) => one.at.slice(0, group.length).join('.') === group.join('.'))
  const alive = others.some(({ header }) => says(header)) && !mustHave.has(at.slice(-2).join('.'))
  return alive ? at : group
} // prettier-ignore

/** Without these a group says nothing. */
const mustHave = new Set(['problem.code', 'medication.drug', 'result.value', 'result.code'])

interface Rows {
  readonly each?: { readonly rows?: readonly Readonly<Record<string, string>>[] }
}

function nodeAt(path: readonly string[], bind: unknown): unknown {
  return path.reduce((inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key], bind)
}

function rowsAt(at: readonly string[], bind: unknown): readonly Rows[] | undefined {
  const groups = [nodeAt(at.slice(0, -1), bind)].flat() as (Rows | undefined)[]
  const some = groups.filter((group): group is Rows => group?.each?.rows !== undefined)
  return some.length > 0 ? some : undefined
}

/** Columns that are tests, without those that this sample has not: a list wins whole, so all of it is written. */
function withRows(group: readonly string[], bind: unknown, says: (header: string) => boolean): Entry {
  const note = 'those that the sample has'
  const node = nodeAt(group, bind)
  const rowsOf = ({ each }: Rows) =>
    (each?.rows ?? []).filter(({ col = '' }) => says(col)).map((row) => `- ${flow(row)}`)
  if (!Array.isArray(node)) {
    return { at: group, value: ['each:', '  rows:', ...rowsOf(node as Rows).map((line) => `    ${line}`)], note }
  }
  const value = (node as Rows[]).flatMap((one) => {
    const rows = rowsOf(one)
    const rest = Object.entries(one).filter(([key]) => key !== 'each').map(([key, inner]) => `  ${key}: ${flow(inner)}`)
    return rows.length === 0 ? [] : ['- each:', '    rows:', ...rows.map((line) => `      ${line}`), ...rest]
  })
  return { at: group, value, note }
} // prettier-ignore

function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return quoted(String(value))
  return `{ ${Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`).join(', ')} }`
} // prettier-ignore

/** Entries of one group stand together where one of them has lines of its own; else each has its dotted name. */
function bindLines(entries: readonly Entry[]): Line[] {
  const long = new Set(entries.filter(({ value }) => typeof value !== 'string').map(({ at }) => at[0]))
  const plain = entries.filter(({ at }) => !long.has(at[0])).map(({ at, value, note }) => ({ text: `  ${at.join('.')}: ${String(value)}`, note }))
  return [...plain, ...[...long].flatMap((key) => [{ text: `  ${key ?? ''}:` }, ...nested(entries.filter(({ at }) => at[0] === key), 1)])]
} // prettier-ignore

function nested(entries: readonly Entry[], depth: number): Line[] {
  const indent = '  '.repeat(depth + 1)
  const own = entries.filter(({ at }) => at.length === depth)
  const below = new Set(entries.filter(({ at }) => at.length > depth).map(({ at }) => at[depth]))
  return [
    ...own.flatMap(({ value }) => (typeof value === 'string' ? [] : value.map((text) => ({ text: `${indent}${text}` })))),
    ...[...below].flatMap((key): Line[] => {
      const inner = entries.filter(({ at }) => at[depth] === key)
      const [only] = inner
      if (inner.length === 1 && only && only.at.length === depth + 1 && typeof only.value === 'string')
        return [{ text: `${indent}${key ?? ''}: ${only.value}`, note: only.note }]
      return [{ text: `${indent}${key ?? ''}:`, ...(only && { note: only.note }) }, ...nested(inner, depth + 1)]
    }),
  ]
} // prettier-ignore

/** Fields that one column fills, where the dialect has no binding for them at all. */
const simple: Readonly<Record<string, string>> = {
  'patient.abha': 'abha', 'patient.relation': '{ relation: guardian }', 'patient.mother': 'person-name', 'visit.end': 'datetime', 'visit.department': '', 'visit.doctor': 'person',
  'visit.referrer': 'person', 'visit.referredTo': '', 'visit.ward': '', 'visit.bed': '', 'visit.complaint': '', 'visit.token': '', 'visit.fee': 'money', 'visit.followUp': 'date', 'visit.notes': '',
  'patient.sex': 'sex', 'patient.phones': 'in-mobile', 'patient.address': 'address', 'patient.otherIds': 'identifier',
} // prettier-ignore

function moreLines({ dialect, met }: Fit, extra: readonly Finding[]): { lines: readonly Line[]; used: readonly string[]; places: ReadonlySet<string> } {
  const lines: Line[] = []
  const used: string[] = []
  const put = (one: Finding, text: string) => {
    lines.push({ text, note: because(one) })
    used.push(one.path)
  }
  const birth = extra.find(({ field }) => field === 'patient.birth')
  const age = [...met].find(([{ field }]) => field === 'age')
  if (birth) {
    put(birth, `  patient.birth: { from: ${quoted(birth.path)}, as: !replace date }`)
    if (age) lines.push({ text: `  patient.age: ${quoted(age[0].header)}`, note: 'beside a date of birth an age is only a remark' })
  }
  const fields = new Set(dialect.wanted.map(({ field }) => field))
  for (const one of extra) {
    const as = simple[one.field]
    if (as === undefined || fields.has(one.field) || used.includes(one.path) || one.confidence < 0.6) continue
    fields.add(one.field)
    put(one, `  ${one.field}: ${as === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}, as: ${as} }`}`)
  }
  const signs = extra.filter(({ field }) => vitals[field])
  if (signs.length > 0 && dialect.bind['result'] === undefined && dialect.bind['report'] === undefined) lines.push(...signLines(signs, used))
  return { lines, used, places: new Set(lines.map(({ text }) => text.split(':')[0]?.trim() ?? '')) }
} // prettier-ignore

function signLines(signs: readonly Finding[], used: string[]): Line[] {
  used.push(...signs.map(({ path }) => path))
  const rows = signs.map((one) => ({
    text: `        - { col: ${quoted(one.path)}, code: ${vitals[one.field]?.loinc ?? ''}, unit: ${quoted(vitals[one.field]?.unit ?? '')} }`,
    note: because(one),
  }))
  return [
    { text: '  result:' },
    { text: '    each:' },
    { text: '      rows:' },
    ...rows,
    { text: `    code: { const: '{code}', as: { coded: loinc } }` },
    { text: `    value: { from: '{col}', as: { measure: { unit: '{unit}' } } }` },
    { text: '    category: { const: vital-signs }' },
  ]
}

/** Code lists of the dialect that another list knows better, and words of sexes. */
function codeLines({ lists }: Proposal, { dialect, met }: Fit): Line[] {
  const of = (field: string) => [...met].filter(([wanted]) => wanted.field === field).map(([, one]) => one)
  const sexes = sexWords(of('patient.sex')[0])
  const chosen = [
    ['drug', codeList(of('medication.drug'), lists, drugSystems)],
    ['diagnosis', codeList(of('problem'), lists, diagnosisSystems)],
    ['test', codeList(of('result.code'), lists, testSystems)],
  ] as const
  const others = chosen.flatMap(([name, list]) =>
    list === undefined || dialect.codes[name] === undefined || dialect.codes[name] === `${list}.csv`
      ? []
      : [{ text: `  ${name}: ${list}.csv`, note: 'knows most of the words of the sample' }],
  )
  return [...sexes, ...others]
}
