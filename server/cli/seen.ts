import type { Issue } from '../../mappers/issues.ts'
import type { MappedRecord } from '../../mappers/mapping.ts'

/** So many records and findings are shown; all are counted. */
export const SHOWN = 20

/** So many kinds of findings and words are kept apart, and so many records and resources known again. */
const KINDS = 500
const RECORDS = 200_000
const RESOURCES = 500_000

export interface Row {
  readonly line: number
  readonly state: string
  readonly resources: readonly string[]
  readonly issues: readonly Issue[]
  readonly rule?: string
}

/** What the records of a file come to. */
export class Seen {
  total = 0
  readonly counts: Record<string, number> = {}
  readonly resources: Record<string, number> = {}
  readonly findings = new Map<string, { issue: Issue; count: number; line: number }>()
  readonly unmapped = new Map<string, { list: string; code: string; count: number }>()
  readonly rows: Row[] = []
  /** Records and resources that were met. */
  private readonly known = new Set<string>()

  /** `most`: so many rows are kept. */
  constructor(private readonly most: number) {}

  note(record: MappedRecord): void {
    const { line, issues, rule } = record
    const state = this.stateOf(record)
    const written = record.state === 'mapped' && state !== 'duplicate' ? record.resources : []
    const resources = written.map(({ resource }) => `${resource.resourceType}/${resource.id}`)
    this.total++
    this.counts[state] = (this.counts[state] ?? 0) + 1
    for (const one of resources) this.noteResource(one)
    for (const issue of issues) this.noteIssue(issue, line)
    for (const { list, code } of record.unmapped) this.noteUnmapped(list, code)
    if (this.rows.length < this.most)
      this.rows.push({ line, state, resources, issues, ...(rule !== undefined && { rule }) })
  }

  private stateOf({ state, key, fingerprint, issues }: MappedRecord): string {
    if (state !== 'mapped') return state
    const name = `${key}\0${fingerprint}`
    if (this.known.has(name)) return 'duplicate'
    if (this.known.size < RECORDS) this.known.add(name)
    return issues.some(({ level }) => level === 'warning') ? 'accepted-with-warnings' : 'accepted'
  }

  /** Each resource counts once, however many records it is made of. */
  private noteResource(name: string): void {
    if (this.known.has(name)) return
    if (this.known.size < RESOURCES) this.known.add(name)
    const type = name.slice(0, name.indexOf('/'))
    this.resources[type] = (this.resources[type] ?? 0) + 1
  }

  private noteIssue(issue: Issue, line: number): void {
    const kind = `${issue.code} ${issue.column ?? ''} ${issue.message}`
    const found = this.findings.get(kind)
    if (found) found.count++
    else if (this.findings.size < KINDS) this.findings.set(kind, { issue, count: 1, line: issue.line ?? line })
  }

  private noteUnmapped(list: string, code: string): void {
    const found = this.unmapped.get(`${list} ${code}`)
    if (found) found.count++
    else if (this.unmapped.size < KINDS) this.unmapped.set(`${list} ${code}`, { list, code, count: 1 })
  }
}
