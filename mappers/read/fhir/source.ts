import { FileStop, issue } from '../../issues.ts'
import { inLines } from '../json/lines.ts'
import { parseDocument } from '../json/parse.ts'
import { Records, type Found, type ScanLimits } from '../json/records.ts'
import { SpecFault, type Source, type SourceOptions, type SourceTools, type Unit } from '../source.ts'
import { checkEncodings, decode } from '../text.ts'
import { unitsOf } from '../units.ts'
import { direct } from './direct.ts'
import { jsonOf, withDigits } from './digits.ts'
import { fixes, isFix, type Fix } from './fixes.ts'
import { entriesOf, type FhirItem, type Sent } from './message.ts'
import type { Json } from './json.ts'
import { knowledge, type Knowledge } from './shapes.ts'

/** A whole Bundle is held at once: its references lead anywhere in it. */
const MAX_MESSAGE = 256 * 1024 * 1024

/**
 * FHIR in JSON: Bundles of any type, single resources, lists, NDJSON. Each resource is a record, mended and turned into R4
 * as `source.fixes` and `source.version` say; a document Bundle is one record. No bindings: `direct` makes the resources.
 */
export function openFhir(options: SourceOptions, { limits }: Pick<SourceTools, 'limits'>): Source<FhirItem> {
  const allowed = allowedFixes(options.fixes)
  checkEncodings(options.encoding ?? [])
  const known = knowledge()
  const scan = { depth: 100, string: limits.maxCell, record: MAX_MESSAGE }
  return {
    path: () => {
      throw new SpecFault('FHIR needs no bindings: its resources are taken as they are.')
    },
    each: () => {
      throw new SpecFault('FHIR needs no bindings: its resources are taken as they are.')
    },
    async *read(bytes, seen) {
      const patients = new Set<string>()
      const texts = decode(bytes, options.encoding ?? ['utf-8'], seen)
      const units = unitsOf(limits.maxRecords, (unit: Unit<FhirItem>) => unit)
      for await (const batch of inLines(texts, MAX_MESSAGE, (rest) => messages(rest, scan))) {
        for (const found of batch) yield* units(unitsIn(found, patients, known))
      }
    },
    direct: (item, about) => direct(item, about, { ...options, allowed, knowledge: known }),
  }
}

function allowedFixes(words: readonly string[] | undefined): ReadonlySet<Fix> {
  if (words === undefined) return new Set(Object.keys(fixes) as Fix[])
  for (const word of words) {
    if (!isFix(word))
      throw new SpecFault(`\`${word}\` is no fix; there are ${Object.keys(fixes).join(', ')}.`, 'source.fixes')
  }
  return new Set(words.filter(isFix))
}

async function* messages(texts: AsyncIterable<string>, scan: ScanLimits): AsyncGenerator<readonly Found[]> {
  const records = new Records([], scan)
  for await (const text of texts) {
    yield records.push(text)
    if (records.stopped) throw records.stopped
  }
  const { found } = records.end()
  yield found
  if (!records.sawText) throw new FileStop(issue('FILE_EMPTY'))
}

/** The resources of one message; `patients` are those that the file has brought so far. */
function unitsIn({ text, line, broken }: Found, patients: Set<string>, known: Knowledge): Unit<FhirItem>[] {
  const parsed = parseDocument(text, line)
  const refuse = (why = issue('FILE_FORMAT', { line, level: 'error', detail: 'The resource is broken.' })) => [
    { line, raw: () => text, issues: [why] },
  ]
  if ('issue' in parsed) return refuse(parsed.issue)
  if (broken) return refuse()
  const value = withDigits(parsed) as Json
  if (typeof value['resourceType'] !== 'string') {
    return refuse(
      issue('FILE_FORMAT', { line, level: 'error', detail: 'It has no resourceType, so it is no FHIR resource.' }),
    )
  }
  const sent: Sent = { addresses: new Map(), bases: new Set(), patients }
  const entries = entriesOf(value, sent, known)
  for (const { type, key } of entries) if (type === 'Patient') patients.add(key)
  return entries.map((entry) => {
    const raw = entry.resource === value ? () => text : () => jsonOf(entry.resource)
    return { item: { entry, sent, line }, line, raw, issues: [] }
  })
}
