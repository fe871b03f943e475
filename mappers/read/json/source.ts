import { FileStop, issue, type Issue } from '../../issues.ts'
import { checkEncodings, decode } from '../text.ts'
import { SpecFault, type Source, type SourceOptions, type SourceTools, type Unit } from '../source.ts'
import { unitsOf } from '../units.ts'
import { Boundary } from './boundary.ts'
import { parsePath, type Path } from './grammar.ts'
import { inLines } from './lines.ts'
import { parseRecord } from './parse.ts'
import { Records, type Found, type ScanLimits } from './records.ts'
import { answer, flat, select } from './select.ts'

/** A record, or what an `each` found in it. */
export interface JsonItem {
  readonly value: unknown
  readonly record: unknown
}

/** Deeper than any real record, and shallow enough for recursive walks. */
const MAX_DEPTH = 100

/**
 * JSON: one object, a list, several values one after the other, one a line, or the list at `records:`. Held is only the
 * record at hand.
 */
export function openJson(options: SourceOptions, { limits }: Pick<SourceTools, 'limits'>): Source<JsonItem> {
  checkEncodings(options.encoding ?? [])
  const records = recordsPath(options.records)
  const scan = { depth: MAX_DEPTH, string: limits.maxCell, record: Math.max(MAX_RECORD, 2 * limits.maxCell) }
  return {
    path(text) {
      const path = parsePath(text)
      const find = select(path.steps)
      return (item) => answer(find(start(path, item)))
    },
    each(each) {
      if (each.kind !== 'path')
        throw new SpecFault(`\`each: ${each.kind}\` means nothing in JSON; \`each: { path }\` does.`)
      const path = parsePath(each.path)
      const find = select(path.steps)
      return {
        within: path,
        items: (item) => flat(find(start(path, item))).map((value) => ({ value, record: item.record })),
      }
    },
    async *read(bytes, seen) {
      const texts = decode(bytes, options.encoding ?? ['utf-8'], seen)
      const whole = (rest: AsyncIterable<string>) => streamed(rest, records, scan, seen.issues)
      const batches = options.records === undefined ? inLines(texts, scan.record, whole) : whole(texts)
      const units = unitsOf(limits.maxRecords, (found: Found) => unit(found, scan))
      for await (const batch of batches) yield* units(batch)
    },
  }
}

function start(path: Path, item: JsonItem): unknown {
  return path.fromRecord ? item.record : item.value
}

function recordsPath(text: string | undefined): Path['steps'] {
  if (text === undefined) return []
  const { steps } = parsePath(text)
  const strange = steps.find(({ kind }) => kind !== 'name' && kind !== 'all')
  if (strange)
    throw new SpecFault('`source.records` takes names and `[*]` only, as in `data.visits[*]`.', 'source.records')
  return steps.at(-1)?.kind === 'all' ? steps.slice(0, -1) : steps
}

async function* streamed(
  texts: AsyncIterable<string>,
  path: Path['steps'],
  scan: ScanLimits,
  issues: Issue[],
): AsyncGenerator<readonly Found[]> {
  const records = new Records(path, scan)
  for await (const text of texts) {
    yield records.push(text)
    if (records.stopped) throw records.stopped
  }
  const { found, cut } = records.end()
  yield found
  if (!records.sawText) throw new FileStop(issue('FILE_EMPTY'))
  if (!records.reached && found.length === 0) {
    throw new FileStop(issue('FILE_FORMAT', { detail: 'There are no records where source.records says.' }))
  }
  if (cut)
    issues.push(issue('FILE_FORMAT', { level: 'warning', detail: 'It ends in the middle: something may be missing.' }))
}

/** Characters of one record. */
const MAX_RECORD = 32 * 1024 * 1024

function unit({ text, line, broken }: Found, scan: ScanLimits): Unit<JsonItem> {
  if (text.length > scan.string) refuseLong(text, line, scan)
  const parsed = parseRecord(text, line)
  if ('issue' in parsed || broken) {
    const why =
      'issue' in parsed ? parsed.issue : issue('FILE_FORMAT', { line, level: 'error', detail: 'The record is broken.' })
    return { line, raw: () => text, issues: [why] }
  }
  return { item: { value: parsed.value, record: parsed.value }, line, raw: () => text, issues: [] }
}

/** In JSON lines nobody has looked at the strings yet. */
function refuseLong(text: string, line: number, scan: ScanLimits): void {
  const step = new Boundary(scan).read(text, 0)
  if (step.kind === 'limit') throw new FileStop(issue(step.code, { line }))
}
