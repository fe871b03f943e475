import { findingsOf, type Finding } from './findings.ts'
import { because, list, quoted, type Line } from './lines.ts'
import { codeList, diagnosisSystems, drugSystems, testSystems, type Proposal } from './proposal.ts'
import type { Found, FoundList, Sample } from './sample.ts'

interface TreeLines {
  readonly lines: readonly Line[]
  /** The list of results, to stand where results stand. */
  readonly results: readonly (readonly Line[])[]
  readonly codes: Codes
  readonly unused: readonly Found[]
}

interface Codes {
  diagnosis?: string
  drug?: string
  test?: string
}

type Lists = Proposal['lists']

/** What a list of a tree's record may be, by its name and by what its items hold. */
const kinds = [
  { group: 'medication', name: /rx|med|drug|presc|dawa|दवा/i, helper: 'drug' },
  { group: 'problem', name: /diag|dx|problem|disease|निदान|rog/i, helper: 'diagnosis' },
  { group: 'result', name: /lab|test|result|invest|janch|जांच|observ/i, helper: 'test' },
  { group: 'order', name: /lab|test|invest|order|advice|janch|जांच/i, helper: 'test' },
  { group: 'allergy', name: /allerg|एलर्जी/i, helper: 'allergy' },
  { group: 'procedure', name: /proced|surger|operat/i, helper: 'procedure' },
  { group: 'immunization', name: /vacc|immun|टीक/i, helper: 'vaccine' },
] as const

type Group = (typeof kinds)[number]['group']

/** Whether a list by this name is one that gets bindings of its own. */
export function isKnownList(named: string): boolean {
  return kinds.some(({ name }) => name.test(named))
}

/** Whether the items of a list are results of tests. */
export function isResults(one: FoundList): boolean {
  const kind = kinds.find(({ name }) => name.test(one.name))
  const { of } = recognised(one, 'test', new Map())
  return kind?.group === 'result' && of('result.code') !== undefined && of('result.value') !== undefined
}

/** The lists in a record: medicines, diagnoses, results. A list that is nothing of these is left, and what nobody reads of one. */
export function treeLines(sample: Sample, lists: Lists): TreeLines {
  const lines: Line[] = []
  const results: (readonly Line[])[] = []
  const unused: Found[] = []
  const codes: Codes = {}
  const done = new Set<Group>()
  for (const one of sample.lists) {
    const made = kinds
      .filter(({ name, group }) => name.test(one.name) && !done.has(group))
      .flatMap((kind) => groupLines(kind, one, { lists, codes }) ?? [])[0]
    unused.push(...one.columns.filter(({ path }) => !made?.used.has(path)).map((column) => ({ ...column, path: `${one.path} ${column.path}` }))) // prettier-ignore
    if (!made) continue
    done.add(made.group)
    if (made.group === 'result') results.push(made.lines)
    else lines.push({ text: `  ${made.group}:` }, ...made.lines.map((line) => ({ ...line, text: `    ${line.text}` })))
  }
  return { lines, results, codes, unused }
}

interface Made {
  readonly group: Group
  readonly lines: readonly Line[]
  readonly used: ReadonlySet<string>
}

/** The columns of a list, those with a bare name (`name`, `code`) recognised by what the list is of. */
function recognised({ columns }: FoundList, helper: string, lists: Lists) {
  const bare = /^(name|nm|code|text|title|value|description)$/i
  const named = columns.map((column) => {
    // A list of bare words: dx: ["Fever", "Cough"].
    if (column.path === '.' && columns.length === 1) return { ...column, header: helper }
    // The text of an element that says what it is of in an attribute: <Lab name="Hb">11.2</Lab>.
    if (column.path === '.' && helper === 'test' && columns.length > 1) return { ...column, header: 'test value' }
    return bare.test(column.header.trim()) ? { ...column, header: `${helper} ${column.header.trim()}` } : column
  })
  const { found } = findingsOf(named, lists)
  const of = (field: string): Finding | undefined => found.find((one) => one.field === field && one.loinc === undefined)
  const called = (pattern: RegExp): Found | undefined => columns.find(({ header, path }) => pattern.test(header.trim()) || pattern.test(path))
  return { of, called }
} // prettier-ignore

function groupLines({ group, helper }: (typeof kinds)[number], one: FoundList, { lists, codes }: { lists: Lists; codes: Codes }): Made | undefined {
  const { of, called } = recognised(one, helper, lists)
  const lines: Line[] = [{ text: `each: { path: ${quoted(one.path)} }` }]
  const used = new Set<string>()
  const put = (field: string, columns: readonly (Found | Finding | undefined)[], as: string, join = ' ') => {
    const all = columns.filter((column) => column !== undefined && !used.has(column.path)) as (Found & Partial<Finding>)[]
    const there = all.filter((column, at) => all.findIndex(({ path }) => path === column.path) === at)
    const [first] = there
    if (!first) return
    for (const { path } of there) used.add(path)
    const from = there.length === 1 ? quoted(first.path) : `${list(there.map(({ path }) => path))}, join: '${join}'`
    const note = first.confidence === undefined || first.why === undefined ? 'by its name' : because({ confidence: first.confidence, why: first.why })
    lines.push({ text: `${field}: ${as === '' && there.length === 1 ? from : `{ from: ${from}${as && `, as: ${as}`} }`}`, note })
  }
  const coded = (name: keyof Codes, column: Finding, systems: RegExp) => {
    const known = codeList([column], lists, systems)
    if (known !== undefined) codes[name] = known
    return known === undefined ? 'coded' : `{ code: ${name} }`
  }
  if (group === 'medication') {
    const drug = of('medication.drug')
    if (!drug) return undefined
    put('drug', [drug], coded('drug', drug, drugSystems))
    put('dose', [of('medication.dose'), of('medication.frequency'), called(/^freq(?:uency)?$|^timing$|^when$/i), called(/^instructions?$|^directions?$|^remarks?$/i)], 'dose')
    put('route', [of('medication.route')], 'coded')
    put('days', [of('medication.days')], 'number')
    put('quantity', [of('medication.quantity')], 'quantity')
  } else if (group === 'problem') {
    const [icd, text] = [of('problem.icd10'), of('problem')]
    if (icd) put('code', [icd], text ? `{ coded: { system: icd10, text-from: ${quoted(text.path)} } }` : '{ coded: icd10 }')
    else if (text) put('code', [text], coded('diagnosis', text, diagnosisSystems))
    else return undefined
    if (icd && text) used.add(text.path)
  } else if (group === 'result') {
    const [code, value] = [of('result.code'), of('result.value')]
    if (!code || !value) return undefined
    put('code', [code], coded('test', code, testSystems))
    put('value', [value], 'measure')
    put('unit', [of('result.unit')], '')
    const bounds = [called(/^(?:ref_?|range_?|normal_?)?(?:low|min|lower)$/i), called(/^(?:ref_?|range_?|normal_?)?(?:high|max|upper)$/i)]
    if (of('result.range')) put('range', [of('result.range')], '')
    else if (bounds.every((bound) => bound !== undefined)) put('range', bounds, '', ' - ')
    put('flag', [of('result.flag'), called(/flag$/i)].slice(0, of('result.flag') ? 1 : 2), '')
    put('method', [of('result.method')], 'coded')
    put('at', [of('report.at') ?? of('visit.at')], 'datetime')
    lines.push({ text: 'category: { const: laboratory }' })
  } else {
    const field = { order: 'result.code', allergy: 'allergy.code', procedure: 'procedure.code', immunization: 'immunization.vaccine' }[group]
    const main = of(field) ?? called(/name$|^(?:test|allergen|substance|procedure|vaccine)$/i)
    if (!main) return undefined
    put(group === 'immunization' ? 'vaccine' : 'code', [main], 'coded')
    if (group === 'allergy') put('reaction', [called(/reaction/i)], 'coded')
    if (group === 'immunization') put('lot', [of('immunization.lot')], '')
    if (group !== 'order' && group !== 'allergy') put('at', [of('visit.at'), called(/date|_at$/i)].slice(0, 1), 'datetime')
    if (group !== 'immunization' && group !== 'allergy') put('status', [called(/^status$/i)], '')
  }
  return { group, lines, used }
} // prettier-ignore
