import { compile } from '../compile.ts'
import { FileStop } from '../issues.ts'
import type { Library } from '../library.ts'
import { fromKrutiDev, looksLikeLegacyFont } from '../read/krutidev.ts'
import { SpecFault } from '../read/source.ts'
import { bindColumns } from './bind.ts'
import { dialectsFor, type Choice } from './choices.ts'
import { nearestTable } from './dialect.ts'
import { extendingText } from './extending.ts'
import { findingsOf } from './findings.ts'
import { printed, type Line } from './lines.ts'
import { ownText } from './own.ts'
import { headLines, UNKNOWN_HFR, type Proposal } from './proposal.ts'
import { lookAt, NoSample, type Found, type Sample } from './sample.ts'

export { NoSample } from './sample.ts'

/** A facility file that was written for a sample, and how well it did with it. */
export interface Suggestion {
  readonly slug: string
  readonly text: string
  readonly kind: Sample['kind']
  /** The dialect it stands on. */
  readonly dialect?: string
  /** The sample mapped with it. */
  readonly tried: Tried
}

export interface Tried {
  readonly records: number
  readonly mapped: number
  readonly quarantined: number
  /** Of the first records that were refused. */
  readonly problems: readonly string[]
}

export interface Wishes {
  readonly slug: string
  readonly hfr?: string
  readonly name?: string
  readonly receivedAt: Date
}

/**
 * Looks at a sample and writes a facility file for it: a few lines over the nearest dialect where one fits, else all
 * bindings. What is written compiles. Throws NoSample where there is nothing to write for.
 */
export async function suggest(library: Library, bytes: Uint8Array, wishes: Wishes): Promise<Suggestion> {
  const sample = await lookAt(bytes)
  const proposal = proposalOf(library, sample, wishes)
  let best: { choice: Choice; tried: Tried } | undefined
  for (const choice of choicesOf(proposal)) {
    const tried = await attempt(library, wishes, { choice, bytes: sample.bytes })
    if (tried && (!best || share(tried) > share(best.tried) + GAIN)) best = { choice, tried }
    if (best && share(best.tried) > 0.9) break
  }
  if (!best) throw new NoSample('Nothing in the file looks like what hospitals send: no column names a patient or a visit.')
  const { choice, tried } = best
  const { dialect } = choice
  return { slug: wishes.slug, text: printed(choice.lines), kind: sample.kind, tried, ...(dialect !== undefined && { dialect }) }
} // prettier-ignore

/** A file of its own must read so much more of the sample to be preferred to a dialect. */
const GAIN = 0.05

function share({ mapped, records }: Tried): number {
  return records === 0 ? 0 : mapped / records
}

function proposalOf(library: Library, sample: Sample, { slug, hfr = UNKNOWN_HFR, name = titled(slug) }: Wishes): Proposal {
  const { lists } = library.effectiveOf('new', 'facility: new\n')
  const { columns, legacy } = readable(sample.columns)
  return { library, sample, lists, findings: findingsOf(columns, lists), legacy, slug, hfr, name }
} // prettier-ignore

function titled(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')
}

/** Columns in a font that only looks like Hindi, read as what they show. */
function readable(columns: readonly Found[]): { columns: readonly Found[]; legacy: ReadonlySet<string> } {
  const legacy = new Set<string>()
  const shown = columns.map((column) => {
    if (!mayBeHindi(column.header) || !looksLikeLegacyFont(column.values)) return column
    const header = looksLikeLegacyFont([column.header, column.header, column.header]) ? fromKrutiDev(column.header) : column.header
    legacy.add(header)
    return { path: header, header, values: column.values.map(fromKrutiDev) }
  })
  return { columns: shown, legacy }
} // prettier-ignore

/** Units and codes may look like a legacy font, too: only what is written in words is one. */
function mayBeHindi(header: string): boolean {
  const field = bindColumns([{ header, values: [] }]).bindings[0]?.field
  return field === undefined || /name|relation|mother|address|city|doctor|referre|department|complaint|problem$|notes|ward|disposition/i.test(field) // prettier-ignore
}

/** In the order in which they are to be preferred. */
function choicesOf(proposal: Proposal): readonly Choice[] {
  const { sample, findings, library } = proposal
  const tables = sample.kind === 'csv' || sample.kind === 'xlsx'
  const fit = tables ? nearestTable(library, sample, findings, proposal.legacy.size > 0) : undefined
  const own = findings.found.length > 0 ? [{ lines: ownText(proposal) }] : []
  if (fit) return [{ dialect: fit.dialect.name, lines: extendingText(proposal, fit) }, ...own]
  return [...(tables ? [] : dialectsFor(sample, library).map((name) => plainText(proposal, name))), ...own]
}

function plainText(proposal: Proposal, dialect: string): Choice {
  const lines: Line[] = [...headLines(proposal), { text: `extends: ${dialect}` }]
  return { dialect, lines }
}

async function attempt(library: Library, { slug, receivedAt }: Wishes, { choice, bytes }: { choice: Choice; bytes: Uint8Array }): Promise<Tried | undefined> {
  try {
    const mapping = compile(library.effectiveOf(slug, printed(choice.lines)))
    return await tryOut(mapping.map([bytes], { receivedAt }).records)
  } catch (error) {
    if (error instanceof SpecFault) return undefined
    throw error
  }
} // prettier-ignore

async function tryOut(records: ReturnType<ReturnType<typeof compile>['map']>['records']): Promise<Tried> {
  const tried = { records: 0, mapped: 0, quarantined: 0, problems: [] as string[] }
  try {
    for await (const batch of records) {
      for (const { state, issues, line, resources } of batch) {
        if (state === 'ignored') continue
        tried.records++
        if (state === 'mapped' && resources.length > 0) tried.mapped++
        else tried.quarantined++
        const first = issues.find(({ level }) => level === 'error')
        if (first && tried.problems.length < 5)
          tried.problems.push(`line ${line}${first.column === undefined ? '' : `, ${first.column}`}: ${first.message}`)
      }
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    tried.records++
    tried.quarantined++
    tried.problems.push(error.issue.message)
  }
  return tried
}
