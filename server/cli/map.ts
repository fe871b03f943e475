import { createReadStream } from 'node:fs'
import { compile } from '../../mappers/compile.ts'
import { FileStop, type Issue } from '../../mappers/issues.ts'
import { tooManyRefused } from '../../mappers/mapping.ts'
import { openLibrary, slugOf } from './mappers.ts'
import { SHOWN, Seen } from './seen.ts'
import { seenLines } from './seen-lines.ts'
import { many, needed, progress, readWords, Said } from './words.ts'

/** `map <facility> <file>`: what each row would come to. Nothing is stored, and no database is needed. */
export async function mapCommand(given: readonly string[]): Promise<Said> {
  const { words, option } = readWords(given, ['rows'])
  const [name = '', file = ''] = needed(words, 'map <facility> <file> [--rows=20]', 2)
  const mapping = compile(openLibrary().effective(slugOf(name)))
  const mapped = mapping.map(createReadStream(file), { receivedAt: new Date() })
  const seen = new Seen(Number(option('rows') ?? SHOWN))
  const tell = progress('Records looked at')
  const stops: Issue[] = []
  try {
    for await (const batch of mapped.records) {
      for (const record of batch) seen.note(record)
      tell(seen.total)
    }
  } catch (error) {
    if (!(error instanceof FileStop)) throw error
    stops.push(error.issue)
  }
  const whole = [...mapped.issues, ...stops]
  const value = {
    facility: mapping.facility.slug,
    records: seen.total,
    counts: seen.counts,
    resources: seen.resources,
    file: whole,
    findings: [...seen.findings.values()].map(({ issue, count, line }) => ({ ...issue, line, count })),
    unmapped: [...seen.unmapped.values()],
    rows: seen.rows,
  }
  return new Said(value, [...seenLines(seen, whole), ...heldLines(seen, mapping.limits)])
}

/** What the intake would do with such a file: better told before it is sent. */
function heldLines({ counts, total }: Seen, limits: { readonly rejectPct: number }): string[] {
  const [refused, records] = [counts['quarantined'] ?? 0, total - (counts['ignored'] ?? 0)]
  if (!tooManyRefused(refused, records, limits)) return []
  return [
    '',
    `${refused} of ${many(records, 'record')} are more than ${limits.rejectPct} %: sent like this, the whole file would be held and nothing written (BATCH_HELD).`,
    'Mend the file or its mapping; or let more pass with limits: { rejectPct: … } in the facility file.',
  ]
}
