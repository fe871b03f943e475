import type { Findings } from '../columns/finding.ts'
import { line, list, quoted, under, type Line } from './lines.ts'
import type { Proposal } from './proposal.ts'

export function separatorLine(separator: string, note?: string): Line {
  return line(`separator: ${separator === '\t' ? '"\\t"' : `'${separator}'`}`, note)
}

export function encodingLine(encoding: readonly string[]): Line {
  return line(`encoding: ${list(encoding)}`, 'as the bytes are')
}

export function sheetLines({ sample: { sheet } }: Proposal): Line[] {
  return sheet === undefined ? [] : [line(`sheet: ${quoted(sheet)}`, 'the sheet whose columns tell of patients')]
}

/** Columns whose font must be read as Hindi. */
export function fontLines(headers: readonly string[]): Line[] {
  const note = 'Latin letters that come to Hindi syllables'
  return under(
    'legacyFont',
    headers.map((header) => line(`${quoted(header)}: krutidev010`, note)),
  )
}

const OF_DATES = /at$|birth|end|start|issued|updated|followUp|dispensedAt/

/** The order of dates where some day above twelve proves it; `usual`: what holds without a line. */
export function datesLines(found: Findings, usual?: string): Line[] {
  const ofDates = found.all.filter(({ field }) => OF_DATES.test(field))
  const proven = new Set(ofDates.flatMap(({ profile }) => profile.order ?? []))
  proven.delete('year-first')
  const [order] = proven
  if (order !== undefined && proven.size === 1)
    return order === usual ? [] : [line(`dates: ${order}`, 'some days above 12 prove it')]
  return usual === undefined ? [line('dates: day-first', 'not proven by the sample, but usual')] : []
}

/** Columns that are never read: Aadhaar numbers, counts of the rows but those in `kept`, and names that stand twice. */
export function ignoreLines({ findings: { found }, sample: { twins } }: Proposal, kept: ReadonlySet<string>): Line[] {
  const aadhaar = aadhaarIn(found)
  const serials = found.allOf('serial').flatMap(({ path }) => (kept.has(path) ? [] : [path]))
  const all = [...aadhaar, ...serials, ...twins]
  if (all.length === 0) return []
  const notes = [
    aadhaar.length > 0 && 'Aadhaar numbers may not be stored',
    serials.length > 0 && 'serial numbers name nothing',
    twins.length > 0 && 'two columns have one name',
  ].filter(Boolean)
  return [line(`ignoreColumns: ${list(all)}`, notes.join('; '))]
}

export function aadhaarIn(found: Findings): readonly string[] {
  return found.allOf('patient.aadhaar').map(({ path }) => path)
}
