import type { Issue } from '../../mappers/issues.ts'
import { SHOWN, type Row, type Seen } from './seen.ts'
import { inColumns, many } from './words.ts'

/** What is told of a file: its first rows, and all of it counted. */
export function seenLines(seen: Seen, whole: readonly Issue[]): string[] {
  const left = seen.total - seen.rows.length
  return [
    ...inColumns(seen.rows.map(rowCells)),
    ...(left > 0 ? [`… and ${many(left, 'more record')}; --rows=100 shows more.`] : []),
    '',
    `${many(seen.total, 'record')} in the file:`,
    ...inColumns(Object.entries(seen.counts).map(([state, count]) => ['', count, stateWords[state] ?? state])),
    ...headed('They come to:', inColumns(Object.entries(seen.resources).map(([type, count]) => ['', count, type]))),
    ...headed('About the whole file:', whole.slice(0, SHOWN).flatMap(wholeLines)),
    ...headed('What was found:', findingLines(seen)),
    ...headed('Words without a code (they are kept as text, and wait on the work-list):', unmappedLines(seen)),
  ]
}

const stateWords: Readonly<Record<string, string>> = {
  accepted: 'would be taken in',
  'accepted-with-warnings': 'would be taken in, with warnings',
  quarantined: 'would be set aside until mended',
  ignored: 'are no records (titles, blank lines, totals)',
  duplicate: 'stand twice in the file',
}

/** A paragraph; nothing where it would be empty. */
function headed(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', head, ...lines]
}

function rowCells({ line, state, resources, issues, rule = '' }: Row): string[] {
  const words = [shortly(resources), rule, ...issues.slice(0, 2).map(said)]
  return [`line ${line}`, state, words.filter(Boolean).join(' · ')]
}

function said(issue: Issue): string {
  const place = placeOf(issue)
  return place === '' ? issue.message : `${place}: ${issue.message}`
}

/** `Age (3O)`: the column and what stands there. */
function placeOf({ column, value }: Issue): string {
  if (column === undefined) return ''
  return value === undefined ? column : `${column} (${value})`
}

/** `Patient, Encounter, 3 MedicationRequest` */
function shortly(made: readonly string[]): string {
  const types = new Map<string, number>()
  for (const one of made) {
    const type = one.slice(0, one.indexOf('/'))
    types.set(type, (types.get(type) ?? 0) + 1)
  }
  return [...types].map(([type, count]) => (count === 1 ? type : `${count} ${type}`)).join(', ')
}

function wholeLines({ level, message, remedy }: Issue): string[] {
  return [`  ${level}: ${message}`, `      ${remedy}`]
}

const levels = ['stop', 'error', 'warning', 'information']

/** The worst first, then the most frequent. */
function findingLines({ findings }: Seen): string[] {
  const rank = ({ level }: Issue) => levels.indexOf(level)
  const sorted = [...findings.values()].toSorted((a, b) => rank(a.issue) - rank(b.issue) || b.count - a.count)
  return sorted.slice(0, SHOWN).flatMap(({ issue, count, line }) => {
    const { column, value, message, remedy } = issue
    const place = `line ${line}${column === undefined ? '' : `, ${column}`}${value === undefined ? '' : ` (${value})`}`
    return [`  ${many(count, 'time')}, first in ${place}: ${message}`, `      ${remedy}`]
  })
}

function unmappedLines({ unmapped }: Seen): string[] {
  const frequent = [...unmapped.values()].toSorted((a, b) => b.count - a.count).slice(0, SHOWN)
  return inColumns(frequent.map(({ list, code, count }) => ['', count, list, code]))
}
