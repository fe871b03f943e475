import { compile } from '../compile.ts'
import { FileStop } from '../issues.ts'
import type { Library } from '../library.ts'
import { fromKrutiDev, looksLikeLegacyFont } from '../read/krutidev.ts'
import { SpecFault } from '../read/source.ts'
import { SpecFaults } from '../spec/faults.ts'
import { bindColumns } from './bind.ts'
import { dialectsFor, type Choice } from './choices.ts'
import { nearestTable } from './dialect.ts'
import { extendingText } from './extending.ts'
import { findingsOf } from './findings.ts'
import { printed, type Line } from './lines.ts'
import type { Look } from './lexicon.ts'
import { ownText } from './own.ts'
import { profileOf } from './profiles.ts'
import { headLines, UNKNOWN_HFR, type Proposal } from './proposal.ts'
import { isResults } from './tree-bindings.ts'
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
  const headless = (sample.kind === 'csv' || sample.kind === 'xlsx') && isRecord(sample.columns.map(({ header }) => header))
  if (headless) throw new NoSample('The first row holds a record, not the names of the columns: send the file with a row of names above.')
  const proposal = proposalOf(library, sample, wishes)
  let best: { choice: Choice; tried: Tried } | undefined
  for (const choice of choicesOf(proposal)) {
    const made = await attempt(library, wishes, { choice, bytes: sample.bytes })
    if (made && (!best || share(made.tried) > share(best.tried) + GAIN)) best = made
    if (best && share(best.tried) > 0.9) break
  }
  if (!best) throw new NoSample('Nothing in the file looks like what hospitals send: no column names a patient or a visit.')
  const { choice, tried } = best
  const { dialect } = choice
  return { slug: wishes.slug, text: printed(choice.lines), kind: sample.kind, tried, ...(dialect !== undefined && { dialect }) }
} // prettier-ignore

/** A telephone number, a day or a sex heads no column. */
function isRecord(headers: readonly string[]): boolean {
  const { looks } = profileOf(headers)
  const least = 0.9 / Math.max(1, headers.length)
  return ['mobile', 'date', 'datetime'].some((look) => (looks.get(look as Look) ?? 0) > least)
}

/** A file of its own must read so much more of the sample to be preferred to a dialect. */
const GAIN = 0.05

function share({ mapped, records }: Tried): number {
  return records === 0 ? 0 : mapped / records
}

function proposalOf(library: Library, sample: Sample, { slug, hfr = UNKNOWN_HFR, name = titled(slug) }: Wishes): Proposal {
  const { lists } = library.effectiveOf('new', 'facility: new\n')
  const { columns, legacy } = readable(sample.columns)
  return { library, sample, lists, findings: findingsOf(columns, lists, { results: sample.lists.some(isResults) }), legacy, slug, hfr, name }
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
    if (!mayBeHindi(column.header) || isEnglish(column.values) || !looksLikeLegacyFont(column.values)) return column
    const header = looksLikeLegacyFont([column.header, column.header, column.header]) ? fromKrutiDev(column.header) : column.header
    legacy.add(header)
    return { path: header, header, values: column.values.map(fromKrutiDev) }
  })
  return { columns: shown, legacy }
} // prettier-ignore

/** Words as English spells them, behind whatever marks: brackets and commas alone make no Hindi. */
function isEnglish(values: readonly string[]): boolean {
  const words = values.flatMap((value) => value.match(/[A-Za-z]{4,}/g) ?? [])
  const spelled = words.filter((word) => /^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(word) && /[aeiouy]/i.test(word) && !/[bcdfghjklmnpqrstvwxz]{5}/i.test(word))
  return words.length > 0 && spelled.length >= words.length * 0.9
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
  const near = fit && { dialect: fit.dialect.name, lines: extendingText(proposal, fit) }
  const [alone] = own
  if (near && alone && left(near.lines) >= left(alone.lines) + MUCH) return [alone, near]
  if (near) return [near, ...own]
  return [...(tables ? [] : dialectsFor(sample, library).map((name) => plainText(proposal, name))), ...own]
}

/** How many columns a proposal leaves unread. */
function left(lines: readonly Line[]): number {
  return lines.filter(({ text }) => text.startsWith('#   ')).length
}

/** So many columns more a dialect must leave unread for a file of its own to be preferred. */
const MUCH = 3

function plainText(proposal: Proposal, dialect: string): Choice {
  const lines: Line[] = [...headLines(proposal), { text: `extends: ${dialect}` }]
  return { dialect, lines }
}

async function attempt(library: Library, wishes: Wishes, { choice, bytes }: { choice: Choice; bytes: Uint8Array }): Promise<{ choice: Choice; tried: Tried } | undefined> {
  const { slug, receivedAt } = wishes
  let lines = choice.lines
  for (let round = 0; round < ROUNDS; round++) {
    try {
      const mapping = compile(library.effectiveOf(slug, printed(lines)))
      return { choice: { ...choice, lines }, tried: await tryOut(mapping.map([bytes], { receivedAt }).records) }
    } catch (error) {
      if (!(error instanceof SpecFault)) throw error
      const wrong = new Set(error instanceof SpecFaults ? error.faults.filter(({ file }) => file === `${slug}.yaml`).map(({ line }) => line - 1) : [])
      if (wrong.size === 0) return undefined
      lines = lines.map((line, at) => (wrong.has(at) ? { text: `# ${line.text.trim()}`, note: 'this could not be proposed as it stands' } : line))
    }
  }
  return undefined
} // prettier-ignore

/** A line that does not compile is taken back, rather than the whole proposal. */
const ROUNDS = 4

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
