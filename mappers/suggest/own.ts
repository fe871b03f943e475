import { bindingsOf } from './bindings.ts'
import { because, list, quoted, type Line } from './lines.ts'
import { codeList, datesLine, diagnosisSystems, drugSystems, headLines, ignoreLine, keyOf, leftLines, outcomeWords, sexWords, testSystems, type Proposal } from './proposal.ts' // prettier-ignore
import { treeLines } from './tree-bindings.ts'

/** A file that stands on no dialect: everything is written out. */
export function ownText(proposal: Proposal): readonly Line[] {
  const { findings, sample, lists } = proposal
  const { found } = findings
  const of = (field: string) => found.filter((one) => one.field === field)
  const trees = treeLines(sample, lists)
  const codes = {
    diagnosis: codeList(of('problem'), lists, diagnosisSystems),
    drug: codeList(of('medication.drug'), lists, drugSystems),
    test: codeList(of('result.code'), lists, testSystems),
  }
  const outcomes = outcomeWords(of('visit.disposition')[0])
  const bind = bindingsOf(found, { ...codes, outcomes: outcomes.length > 0 }, trees.results)
  const all = { ...codes, ...Object.fromEntries(Object.entries(trees.codes).filter(([, name]) => name !== undefined)) }
  const codeLines = [
    ...sexWords(of('patient.sex')[0]),
    ...outcomes,
    ...Object.entries(all).flatMap(([name, chosen]) =>
      chosen === undefined ? [] : [{ text: `  ${name}: ${chosen}.csv`, note: 'knows the words of the sample' }],
    ),
  ]
  const updated = of('updated')[0]
  const { paths, proven } = keyOf(found, findings.unbound)
  const aadhaar = of('patient.aadhaar').map(({ path }) => path)
  const key = paths.length > 0 ? paths : sample.columns.slice(0, 1).map(({ path }) => path)
  return [
    ...headLines(proposal),
    { text: 'source:' },
    ...sourceLines(proposal, aadhaar, key),
    { text: 'record:' },
    { text: `  key: ${list(key)}`, note: proven ? 'filled and different in every row' : 'not different in every row: please choose better' },
    ...(updated ? [{ text: `  at: { from: ${quoted(updated.path)}, as: datetime }`, note: because(updated) }] : []),
    { text: 'bind:' },
    ...bind.lines,
    ...trees.lines,
    ...(codeLines.length > 0 ? [{ text: 'codes:' }, ...codeLines] : []),
    ...leftLines([...findings.unbound, ...bind.unused, ...trees.unused], aadhaar, sample.twins),
  ]
} // prettier-ignore

function sourceLines({ sample, findings, legacy }: Proposal, aadhaar: readonly string[], key: readonly string[]): Line[] {
  const { kind, encoding, separator, sheet, records, places, titleRows } = sample
  const table = kind === 'csv' || kind === 'xlsx' || kind === 'fixed'
  const serials = findings.found.filter(({ field, path }) => field === 'serial' && !key.includes(path)).map(({ path }) => path)
  const fonts = findings.found.filter(({ path }) => legacy.has(path))
  return [
    { text: `  kind: ${kind}` },
    ...(encoding.length > 0 ? [{ text: `  encoding: ${list(encoding)}`, note: 'as the bytes are' }] : []),
    ...(kind === 'csv' && separator !== undefined && separator !== ',' ? [{ text: `  separator: ${separator === '\t' ? '"\\t"' : `'${separator}'`}` }] : []),
    ...(sheet === undefined ? [] : [{ text: `  sheet: ${quoted(sheet)}`, note: 'the sheet whose columns tell of patients' }]),
    ...(records === undefined ? [] : [{ text: `  records: ${quoted(records)}`, note: 'each of them tells of one patient' }]),
    ...datesLine(findings, ''),
    { text: '  zone: Asia/Kolkata' },
    ...(kind === 'fixed' && places ? [{ text: `  titleRows: ${titleRows ?? 0}` }, { text: '  columns:' }, ...Object.entries(places).map(([name, range]) => ({ text: `    ${quoted(name)}: ${range}` }))] : []),
    ...(fonts.length > 0 ? [{ text: '  legacyFont:' }, ...fonts.map(({ path }) => ({ text: `    ${quoted(path)}: krutidev010`, note: 'Latin letters that come to Hindi syllables' }))] : []),
    ...(table ? ignoreLine(aadhaar, serials, sample.twins) : []),
  ]
} // prettier-ignore
