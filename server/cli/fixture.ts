import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { compareDay, type FileOutcome, type Outcome } from '../../fixtures/city/day/compare.ts'
import type { DayFile, Truth } from '../../fixtures/city/day/truth.ts'
import { FileStop } from '../../mappers/issues.ts'
import type { Mapping } from '../../mappers/mapping.ts'
import { fixturesFolder } from './mappers.ts'

export interface Checked {
  /** It has a sample with an expected result. */
  readonly checked: boolean
  readonly records: number
}

/** What a facility's sample must come to, as the maker of the fixtures writes it. */
interface Expected {
  readonly received: string
  readonly contentType: string
  readonly issues: readonly string[]
  readonly records: readonly Omit<Truth, 'end' | 'endIssues'>[]
}

/** What it came to when somebody looked at it and said that it is right. */
interface Accepted {
  readonly received: string
  readonly accepted: readonly Outcome[]
}

/**
 * Maps the sample of fixtures/facilities/<slug> and holds it against its expected.json; throws with what differs. `accept`
 * writes what it comes to now as what is expected.
 */
export async function checkFixture(mapping: Mapping, accept = false): Promise<Checked> {
  const { slug } = mapping.facility
  const folder = join(fixturesFolder, slug)
  const filename = existsSync(folder) ? readdirSync(folder).find((name) => name.startsWith('input.')) : undefined
  if (filename === undefined) return { checked: false, records: 0 }
  const bytes = readFileSync(join(folder, filename))
  const path = join(folder, 'expected.json')
  const expected = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Expected | Accepted) : undefined
  const received = expected?.received ?? new Date().toISOString()
  const outcome = await outcomeOf(mapping, bytes, new Date(received))
  const { length: records } = outcome.records
  if (accept && !(expected && 'contentType' in expected)) {
    const plain = JSON.parse(JSON.stringify(outcome.records)) as Outcome[]
    writeFileSync(path, `${JSON.stringify({ facility: slug, received, accepted: plain }, null, 1)}\n`)
    return { checked: true, records }
  }
  if (!expected) return { checked: false, records }
  const wrong =
    'contentType' in expected ? generated({ slug, filename, bytes, expected }, outcome) : lookedAt(expected, outcome)
  if (wrong.length > 0) {
    const told = wrong.slice(0, 10).map((line) => `  ${line}`)
    throw new Error(`The sample of ${slug} does not come to what is expected:\n${told.join('\n')}`)
  }
  return { checked: true, records }
}

async function outcomeOf(mapping: Mapping, bytes: Uint8Array, receivedAt: Date): Promise<FileOutcome> {
  const records: Outcome[] = []
  const mapped = mapping.map([bytes], { receivedAt })
  let stop: string | undefined
  try {
    for await (const batch of mapped.records)
      for (const { line, number, state, issues, resources } of batch)
        records.push({ line, number, state, issues, resources: resources.map(({ resource }) => resource) })
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    stop = error.issue.code
  }
  return { records, issues: mapped.issues.map(({ code }) => code), ...(stop !== undefined && { stop }) }
}

interface Generated {
  readonly slug: string
  readonly filename: string
  readonly bytes: Uint8Array
  readonly expected: Expected
}

/** Compared with the truth that the sample was made from. */
function generated({ slug, filename, bytes, expected }: Generated, outcome: FileOutcome): string[] {
  const kind = kindOf(filename, expected.contentType)
  const records = expected.records.map((truth) => ({ ...truth, end: 'accepted' as const }))
  const file: DayFile = { ...expected, facility: slug, filename, kind, bytes, records }
  const { differences } = compareDay([file], () => outcome)
  return differences.map(({ at, what }) => `${at === undefined ? '' : `record at ${at}: `}${what}`)
}

/** By lines are counted the records of registers, all others one by one. */
function kindOf(filename: string, contentType: string): DayFile['kind'] {
  if (/csv|tab-separated/.test(contentType)) return 'csv'
  if (contentType === 'text/plain') return 'fixed'
  if (filename.endsWith('xlsx')) return 'xlsx'
  return filename.endsWith('hl7') ? 'hl7v2' : 'json'
}

/** Compared with what somebody looked at and accepted. */
function lookedAt({ accepted }: Accepted, { records }: FileOutcome): string[] {
  const now = JSON.parse(JSON.stringify(records)) as Outcome[]
  if (now.length !== accepted.length) return [`${now.length} records instead of ${accepted.length}`]
  const others = now.filter((one, at) => !isDeepStrictEqual(one, accepted[at]))
  return others.map(({ line }) => `record at line ${line} is another than was accepted`)
}
