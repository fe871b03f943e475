import { FileStop, issue } from '../../issues.ts'
import { SpecFault, type Bytes, type Source, type SourceOptions, type SourceTools, type Unit } from '../source.ts'
import { checkEncodings, decode } from '../text.ts'
import { unitsOf } from '../units.ts'
import { sniffed } from './encoding.ts'
import { textOf, XmlNode, type XmlItem } from './node.ts'
import { parseRecord } from './parse.ts'
import { compilePath } from './path.ts'
import { Records, type Found } from './records.ts'

/** Deeper than any real record, and shallow enough for recursive walks. */
const MAX_DEPTH = 100
/** Characters of one record. */
const MAX_RECORD = 32 * 1024 * 1024

/** In what the sources of XML differ. */
export interface Ways {
  readonly prepare: (record: XmlNode) => XmlNode
  /** What a path gives for what it found. */
  readonly answers: (found: XmlNode | string) => XmlNode | string
}

/**
 * XML: the elements at `records:` (`visits/visit`, from the root), or the whole document. A path of leaves gives their
 * texts; an element that holds others is handed to functions as a node.
 */
export function openXml(
  options: SourceOptions,
  { limits }: Pick<SourceTools, 'limits'>,
  { prepare, answers }: Ways = { prepare: (record) => record, answers: leaf },
): Source<XmlItem> {
  checkEncodings(options.encoding ?? [])
  const path = recordsPath(options.records)
  const scan = { depth: MAX_DEPTH, cell: limits.maxCell, record: Math.max(MAX_RECORD, 2 * limits.maxCell) }
  return {
    path(text, within) {
      const find = compilePath(text, within !== undefined)
      return (item) => {
        const found = find(item)
        return found.length > 1
          ? found.map(answers)
          : found.length === 1
            ? answers(found[0] as XmlNode | string)
            : undefined
      }
    },
    text: (node) => (node instanceof XmlNode ? textOf(node) : undefined),
    each(each, within) {
      if (each.kind !== 'path')
        throw new SpecFault(`\`each: ${each.kind}\` means nothing in XML; \`each: { path }\` does.`)
      const find = compilePath(each.path, within !== undefined)
      return {
        within: find,
        items: (item) =>
          find(item).flatMap((node) => (typeof node === 'string' ? [] : [{ node, record: item.record }])),
      }
    },
    async *read(bytes, seen) {
      const { encodings, all } = await sniffed(bytes, options.encoding ?? ['utf-8'])
      const records = new Records(path, scan)
      const units = unitsOf(limits.maxRecords, (found: Found) => unit(found, prepare))
      for await (const text of decode(all as Bytes, encodings, seen)) {
        yield* units(records.push(text))
        if (records.stopped) throw records.stopped
      }
      const { found, cut } = records.end()
      yield* units(found)
      if (!records.begun) throw new FileStop(issue('FILE_EMPTY'))
      if (cut)
        seen.issues.push(
          issue('FILE_FORMAT', { level: 'warning', detail: 'It ends in the middle: something may be missing.' }),
        )
      if (!records.reached && !cut) {
        throw new FileStop(issue('FILE_FORMAT', { detail: 'There are no records where source.records says.' }))
      }
    },
  }
}

/** What holds no elements is its text; anything else stays an element, for functions that know its form. */
function leaf(found: XmlNode | string): string | XmlNode {
  return typeof found === 'string' || found.children.some((child) => typeof child !== 'string') ? found : textOf(found)
}

function unit({ text, line, broken }: Found, prepare: (record: XmlNode) => XmlNode): Unit<XmlItem> {
  const parsed = parseRecord(text, line, MAX_DEPTH)
  if ('issue' in parsed || broken) {
    const why =
      'issue' in parsed ? parsed.issue : issue('FILE_FORMAT', { line, level: 'error', detail: 'It is never closed.' })
    return { line, raw: () => text, issues: [why] }
  }
  const record = prepare(parsed.node)
  return { item: { node: record, record }, line, raw: () => text, issues: [] }
}

function recordsPath(text: string | undefined): string[] {
  if (text === undefined) return []
  const names = text
    .replace(/^\//, '')
    .split('/')
    .map((name) => name.slice(name.indexOf(':') + 1).trim())
  if (names.every((name) => name === '*' || /^[\p{L}_][\p{L}\p{M}\p{N}_.-]*$/u.test(name))) return names
  throw new SpecFault('`source.records` takes names from the root on, as in `visits/visit`.', 'source.records')
}
