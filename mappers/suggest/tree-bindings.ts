import { findingsOf, type Finding } from './findings.ts'
import { because, quoted, type Line } from './lines.ts'
import { codeList, diagnosisSystems, drugSystems, testSystems, type Proposal } from './proposal.ts'
import type { Found, FoundList, Sample } from './sample.ts'

interface TreeLines {
  readonly lines: readonly Line[]
  readonly codes: { diagnosis?: string; drug?: string; test?: string }
  readonly unused: readonly Found[]
}

type Lists = Proposal['lists']

/** What a list of a tree's record may be, by its name and by what its items hold. */
const kinds = [
  { group: 'medication', name: /rx|med|drug|presc|dawa|दवा/i, main: ['medication.drug'] },
  { group: 'problem', name: /diag|dx|problem|disease|निदान|rog/i, main: ['problem', 'problem.icd10'] },
  { group: 'result', name: /lab|test|result|invest|janch|जांच|observ/i, main: ['result.code'] },
] as const

type Group = (typeof kinds)[number]['group']

/** The lists in a record: medicines, diagnoses, results. A list that is nothing of these is left. */
export function treeLines(sample: Sample, lists: Lists): TreeLines {
  const lines: Line[] = []
  const unused: Found[] = []
  const codes: TreeLines['codes'] = {}
  const done = new Set<Group>()
  for (const one of sample.lists) {
    const kind = kinds.find(({ name, group }) => name.test(one.name) && !done.has(group))
    const made = kind && groupLines(kind.group, one, { lists, codes })
    if (!made) {
      unused.push(...one.columns.map((column) => ({ ...column, path: `${one.path} ${column.path}` })))
      continue
    }
    done.add(kind.group)
    lines.push(...made)
  }
  return { lines, codes, unused }
}

const helper: Readonly<Record<Group, string>> = { medication: 'drug', problem: 'diagnosis', result: 'test' }

function groupLines(group: Group, { path, columns }: FoundList, { lists, codes }: { lists: Lists; codes: TreeLines['codes'] }): Line[] | undefined {
  const bare = /^(name|nm|code|text|title|value)$/i
  const named = columns.map((column) => (bare.test(column.header.trim()) ? { ...column, header: `${helper[group]} ${column.header.trim()}` } : column))
  const { found } = findingsOf(named, lists)
  const of = (field: string) => found.find((one) => one.field === field)
  const out: Line[] = []
  const put = (field: string, one: Finding | undefined, as: string) => {
    if (one) out.push({ text: `    ${field}: ${as === '' ? quoted(one.path) : `{ from: ${quoted(one.path)}, as: ${as} }`}`, note: because(one) })
  }
  const coded = (name: 'drug' | 'diagnosis' | 'test', one: Finding | undefined, systems: RegExp) => {
    const list = one && codeList([one], lists, systems)
    if (list !== undefined) codes[name] = list
    return list === undefined ? 'coded' : `{ code: ${name} }`
  }
  if (group === 'medication') {
    const drug = of('medication.drug')
    if (!drug) return undefined
    put('drug', drug, coded('drug', drug, drugSystems))
    put('dose', of('medication.dose'), 'dose')
    put('days', of('medication.days'), 'number')
    put('quantity', of('medication.quantity'), 'quantity')
  } else if (group === 'problem') {
    const [icd, text] = [of('problem.icd10'), of('problem')]
    if (icd) put('code', icd, '{ coded: icd10 }')
    else put('code', text, coded('diagnosis', text, diagnosisSystems))
    if (icd) put('notes', text, '')
    if (!icd && !text) return undefined
  } else {
    const [code, value] = [of('result.code'), of('result.value')]
    if (!code || !value) return undefined
    put('code', code, coded('test', code, testSystems))
    put('value', value, 'measure')
    put('unit', of('result.unit'), '')
    put('range', of('result.range'), '')
    out.push({ text: '    category: { const: laboratory }' })
  }
  return [{ text: `  ${group}:` }, { text: `    each: { path: ${quoted(path)} }` }, ...out]
} // prettier-ignore
