import { fold } from '../../read/header.ts'
import { listFor, type ListKind } from '../columns/code-lists.ts'
import type { Fit } from '../dialect/fit.ts'
import { because } from './binding.ts'
import { listedFields, sexLines } from './codes.ts'
import { leftLines } from './left.ts'
import { line, quoted, under, type Line } from './lines.ts'
import { addedTo } from './over/added.ts'
import { droppedFrom } from './over/dropped.ts'
import { entryLines } from './over/entries.ts'
import { headLines, type Proposal } from './proposal.ts'
import { datesLines, encodingLine, fontLines, ignoreLines, separatorLine, sheetLines } from './source.ts'

/** A short file: a dialect, what its columns are called here, and what this facility has not or has besides. */
export function extendingText(proposal: Proposal, fit: Fit): readonly Line[] {
  const { findings } = proposal
  const { dialect, met, extra } = fit
  const added = addedTo(fit)
  const used = new Set([...[...met.values()].map(({ path }) => path), ...added.used])
  const unused = [...findings.unbound, ...extra].filter(({ path }) => !used.has(path))
  return [
    ...headLines(proposal.facility),
    line(`extends: ${dialect.name}`, `${Math.min(1, fit.score).toFixed(2)} the nearest dialect`),
    ...under('source', sourceLines(proposal, fit)),
    ...under('bind', [...entryLines(droppedFrom(fit, added.places)), ...added.lines]),
    ...under('codes', codeLines(proposal, fit)),
    ...leftLines(proposal, unused),
  ]
}

/** What the dialect says otherwise of how to read the file. */
function sourceLines(proposal: Proposal, fit: Fit): Line[] {
  const { source } = fit.dialect
  const usual = typeof source['dates'] === 'string' ? source['dates'] : 'day-first'
  return [
    ...encodingLines(proposal, fit),
    ...separatorLines(proposal, fit),
    ...sheetLines(proposal),
    ...legacyLines(proposal, fit),
    ...datesLines(proposal.findings.found, usual),
    ...ignoreLines(proposal, new Set([...fit.met.values()].map(({ path }) => path))),
    ...under('headerAliases', aliasLines(fit)),
  ]
}

/** A dialect that declares a fallback reads a mixed file, too. */
function encodingLines({ sample: { encoding } }: Proposal, { dialect: { source } }: Fit): Line[] {
  const declared = [source['encoding'] ?? []].flat().map(String)
  const [first] = encoding
  const isRead = first === declared[0] || (declared.length > 1 && encoding.length > 1)
  return first === undefined || isRead ? [] : [encodingLine(encoding)]
}

function separatorLines({ sample: { separator } }: Proposal, { dialect: { source } }: Fit): Line[] {
  if (separator === undefined || source['kind'] !== 'csv' || separator === (source['separator'] ?? ',')) return []
  return [separatorLine(separator, 'what stands between the cells')]
}

/** All of the columns in a font that only looks like Hindi, where the dialect does not know one of them. */
function legacyLines({ legacy }: Proposal, { met, dialect: { source } }: Fit): Line[] {
  const known = Object.keys((source['legacyFont'] as object | undefined) ?? {})
  const headers = [...met].filter(([, { path }]) => legacy.has(path)).map(([{ header }]) => header)
  return headers.every((header) => known.includes(header)) ? [] : fontLines(headers)
}

function aliasLines({ met }: Fit): Line[] {
  return [...met]
    .filter(([{ header }, { path }]) => fold(header) !== fold(path))
    .map(([{ header }, one]) => line(`${quoted(one.path)}: ${quoted(header)}`, because(one)))
}

/** Words of sexes, and code lists of the dialect that another list knows better. */
function codeLines({ lists }: Proposal, { dialect, met }: Fit): Line[] {
  const columnsOf = (field: string) => [...met].filter(([wanted]) => wanted.field === field).map(([, one]) => one)
  const others = overKinds.flatMap((kind) => {
    const best = listFor(kind, columnsOf(listedFields[kind]), lists)
    const stands = dialect.codes[kind]
    if (best === undefined || stands === undefined || stands === `${best}.csv`) return []
    return [line(`${kind}: ${best}.csv`, 'knows most of the words of the sample')]
  })
  return [...sexLines(columnsOf('patient.sex')[0]), ...others]
}

const overKinds: readonly ListKind[] = ['drug', 'diagnosis', 'test']
