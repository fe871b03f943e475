import type { CodeNames, ListKind } from '../columns/code-lists.ts'
import { bindOf } from './bind/bind.ts'
import { binding } from './binding.ts'
import { listsFor, outcomeLines, sexLines } from './codes.ts'
import { keyOf, type Key } from './key.ts'
import { leftLines } from './left.ts'
import { line, list, quoted, under, type Line } from './lines.ts'
import { headLines, type Proposal } from './proposal.ts'
import { datesLines, encodingLine, fontLines, ignoreLines, separatorLine, sheetLines } from './source.ts'

/** A file that stands on no dialect: everything is written out. */
export function ownText(proposal: Proposal): readonly Line[] {
  const { findings } = proposal
  const key = keyFor(proposal)
  const outcomes = outcomeLines(findings.found.of('visit.disposition'))
  const codes = listsFor(proposal)
  const bind = bindOf(proposal, { ...codes, ...(outcomes.length > 0 && { outcome: 'told' }) })
  return [
    ...headLines(proposal.facility),
    ...under('source', sourceLines(proposal, key)),
    ...under('record', recordLines(proposal, key)),
    line('bind:'),
    ...bind.lines,
    ...under('codes', [
      ...sexLines(findings.found.of('patient.sex')),
      ...outcomes,
      ...listLines({ ...codes, ...bind.codes }),
    ]),
    ...leftLines(proposal, [...findings.unbound, ...bind.unused]),
  ]
}

/** The first column, where nothing names a record. */
function keyFor({ findings, sample }: Proposal): Key {
  const key = keyOf(findings)
  return key.paths.length > 0 ? key : { ...key, paths: sample.columns.slice(0, 1).map(({ path }) => path) }
}

function sourceLines(proposal: Proposal, key: Key): Line[] {
  const { sample, findings, legacy } = proposal
  const { kind, encoding, separator, records } = sample
  const isTable = kind === 'csv' || kind === 'xlsx' || kind === 'fixed'
  const fonts = findings.found.all.filter(({ path }) => legacy.has(path))
  return [
    line(`kind: ${kind}`),
    ...(encoding.length > 0 ? [encodingLine(encoding)] : []),
    ...(kind === 'csv' && separator !== undefined && separator !== ',' ? [separatorLine(separator)] : []),
    ...sheetLines(proposal),
    ...(records === undefined ? [] : [line(`records: ${quoted(records)}`, 'each of them tells of one patient')]),
    ...datesLines(findings.found),
    line('zone: Asia/Kolkata'),
    ...placeLines(proposal),
    ...fontLines(fonts.map(({ path }) => path)),
    ...(isTable ? ignoreLines(proposal, new Set(key.paths)) : []),
  ]
}

/** Of fixed columns: where they stand. */
function placeLines({ sample: { places, titleRows = 0 } }: Proposal): Line[] {
  if (!places) return []
  const columns = Object.entries(places).map(([name, range]) => line(`${quoted(name)}: ${range}`))
  return [line(`titleRows: ${titleRows}`), ...under('columns', columns)]
}

function recordLines({ findings }: Proposal, { paths, proven }: Key): Line[] {
  const updated = findings.found.of('updated')
  const note = proven ? 'filled and different in every row' : 'not different in every row: please choose better'
  return [line(`key: ${list(paths)}`, note), ...(updated ? [binding('at', updated, { as: 'datetime' })] : [])]
}

const kinds: readonly ListKind[] = ['diagnosis', 'drug', 'test']

function listLines(codes: CodeNames): Line[] {
  return kinds.flatMap((kind) => {
    const name = codes[kind]
    return name === undefined ? [] : [line(`${kind}: ${name}.csv`, 'knows the words of the sample')]
  })
}
