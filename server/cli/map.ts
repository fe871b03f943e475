import { createReadStream } from 'node:fs'
import { compile } from '../../mappers/compile.ts'
import { FileStop, type Issue } from '../../mappers/issues.ts'
import { tooManyRefused, type MappedRecord } from '../../mappers/mapping.ts'
import { openLibrary, slugOf } from './mappers.ts'
import { inColumns, many, needed, progress, readWords, Said } from './words.ts'

/** So many records and findings are shown; all are counted. */
const SHOWN = 20

interface Seen {
  readonly counts: Record<string, number>
  readonly resources: Record<string, number>
  readonly findings: Map<string, { issue: Issue; count: number; line: number }>
  readonly unmapped: Map<string, { list: string; code: string; count: number }>
  readonly rows: { line: number; state: string; resources: string[]; issues: readonly Issue[]; rule?: string }[]
  total: number
}

/** `map <facility> <file>`: what each row would come to. Nothing is stored, and no database is needed. */
export async function mapCommand(given: readonly string[]): Promise<Said> {
  const { words, option } = readWords(given, ['rows'])
  const [name = '', file = ''] = needed(words, 'map <facility> <file> [--rows=20]', 2)
  const mapping = compile(openLibrary().effective(slugOf(name)))
  const mapped = mapping.map(createReadStream(file), { receivedAt: new Date() })
  const seen: Seen = { counts: {}, resources: {}, findings: new Map(), unmapped: new Map(), rows: [], total: 0 }
  const most = Number(option('rows') ?? SHOWN)
  const known = new Set<string>()
  const tell = progress('Records looked at')
  const whole: Issue[] = []
  try {
    for await (const batch of mapped.records) {
      for (const record of batch) note(record, seen, { known, most })
      tell(seen.total)
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    whole.push(error.issue)
  }
  whole.unshift(...mapped.issues)
  const value = {
    facility: mapping.facility.slug, records: seen.total, counts: seen.counts, resources: seen.resources, file: whole,
    findings: [...seen.findings.values()].map(({ issue, count, line }) => ({ ...issue, line, count })), unmapped: [...seen.unmapped.values()], rows: seen.rows,
  } // prettier-ignore
  return new Said(value, [...told(seen, whole), ...held(seen, mapping.limits)])
}

function note(record: MappedRecord, seen: Seen, { known, most }: { known: Set<string>; most: number }): void {
  const { key, fingerprint, issues, line, rule, resources } = record
  const name = `${key}\0${fingerprint}`
  const warned = issues.some(({ level }) => level === 'warning')
  const again = record.state === 'mapped' && known.has(name)
  const state = record.state !== 'mapped' ? record.state : again ? 'duplicate' : warned ? 'accepted-with-warnings' : 'accepted'
  if (record.state === 'mapped' && known.size < 200_000) known.add(name)
  seen.total++
  seen.counts[state] = (seen.counts[state] ?? 0) + 1
  const ids = record.state === 'mapped' && !again ? resources.map(({ resource }) => `${resource.resourceType}/${resource.id}`) : []
  for (const id of ids) {
    if (known.has(id)) continue
    if (known.size < 500_000) known.add(id)
    const type = id.slice(0, id.indexOf('/'))
    seen.resources[type] = (seen.resources[type] ?? 0) + 1
  }
  for (const one of issues) {
    const kind = `${one.code} ${one.column ?? ''} ${one.message}`
    const found = seen.findings.get(kind)
    if (found) found.count++
    else if (seen.findings.size < 500) seen.findings.set(kind, { issue: one, count: 1, line: one.line ?? line })
  }
  for (const { list, code } of record.unmapped) {
    const found = seen.unmapped.get(`${list} ${code}`)
    if (found) found.count++
    else if (seen.unmapped.size < 500) seen.unmapped.set(`${list} ${code}`, { list, code, count: 1 })
  }
  if (seen.rows.length < most) seen.rows.push({ line, state, resources: ids, issues, ...(rule !== undefined && { rule }) })
} // prettier-ignore

const stateWords: Readonly<Record<string, string>> = {
  accepted: 'would be taken in',
  'accepted-with-warnings': 'would be taken in, with warnings',
  quarantined: 'would be set aside until mended',
  ignored: 'are no records (titles, blank lines, totals)',
  duplicate: 'stand twice in the file',
}

function told({ counts, resources, findings, unmapped, rows, total }: Seen, whole: readonly Issue[]): string[] {
  const lines = rows.map(({ line, state, resources: made, issues, rule }) => [
    `line ${line}`,
    state,
    [shortly(made), rule ?? '', ...issues.slice(0, 2).map(said)].filter(Boolean).join(' · '),
  ])
  const sorted = [...findings.values()].toSorted((a, b) => rank(a.issue) - rank(b.issue) || b.count - a.count)
  const left = total - rows.length
  return [
    ...inColumns(lines),
    ...(left > 0 ? [`… and ${many(left, 'more record')}; --rows=100 shows more.`] : []),
    '',
    `${many(total, 'record')} in the file:`,
    ...inColumns(Object.entries(counts).map(([state, count]) => ['', count, stateWords[state] ?? state])),
    ...(Object.keys(resources).length > 0 ? ['', 'They come to:', ...inColumns(Object.entries(resources).map(([type, count]) => ['', count, type]))] : []),
    ...(whole.length > 0 ? ['', 'About the whole file:', ...whole.slice(0, SHOWN).flatMap((one) => [`  ${one.level}: ${one.message}`, `      ${one.remedy}`])] : []),
    ...(sorted.length > 0 ? ['', 'What was found:'] : []),
    ...sorted.slice(0, SHOWN).flatMap(({ issue, count, line }) => [`  ${many(count, 'time')}, first in line ${line}${issue.column === undefined ? '' : `, ${issue.column}`}${issue.value === undefined ? '' : ` (${issue.value})`}: ${issue.message}`, `      ${issue.remedy}`]),
    ...(unmapped.size > 0 ? ['', 'Words without a code (they are kept as text, and wait on the work-list):', ...inColumns([...unmapped.values()].toSorted((a, b) => b.count - a.count).slice(0, SHOWN).map(({ list, code, count }) => ['', count, list, code]))] : []),
  ]
} // prettier-ignore

/** What the intake would do with such a file: better told before it is sent. */
function held({ counts, total }: Seen, limits: { readonly rejectPct: number }): string[] {
  const [refused, records] = [counts['quarantined'] ?? 0, total - (counts['ignored'] ?? 0)]
  if (!tooManyRefused(refused, records, limits)) return []
  return [
    '',
    `${refused} of ${many(records, 'record')} are more than ${limits.rejectPct} %: sent like this, the whole file would be held and nothing written (BATCH_HELD).`,
    'Mend the file or its mapping; or let more pass with limits: { rejectPct: … } in the facility file.',
  ]
}

const levels = ['stop', 'error', 'warning', 'information']

function rank({ level }: Issue): number {
  return levels.indexOf(level)
}

function said({ message, column, value }: Issue): string {
  return `${column === undefined ? '' : `${column}${value === undefined ? '' : ` (${value})`}: `}${message}`
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
