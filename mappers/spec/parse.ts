import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml'
import { fault, type Fault } from './faults.ts'
import { table, type Entry, type Node, type Path, type Place } from './tree.ts'

/** A file of a facility or dialect is a page or two; more than this is a mistake. */
const MAX_LENGTH = 400_000
const MAX_DEPTH = 20

export interface Parsed {
  readonly root: Node
  readonly faults: readonly Fault[]
  /** It is not YAML, so nothing more can be said of it. */
  readonly broken: boolean
}

/**
 * YAML text → tree with lines. The failsafe schema is used: all scalars are text, so that `no`, `1e3` and `01` are what was
 * written. Anchors and tags other than `!replace` and `!drop` are refused: a file says what it means where it stands.
 */
export function parseFile(file: string, text: string): Parsed {
  const start: Place = { file, line: 1 }
  const empty = table(start, [])
  if (text.length > MAX_LENGTH)
    return { root: empty, faults: [fault(start, [], 'The file is too long.')], broken: true }
  const lines = new LineCounter()
  const document = parsed(text, lines)
  const at = (offset: number | undefined): Place => ({ file, line: Math.max(1, lines.linePos(offset ?? 0).line) })
  const errors = document?.errors.map(({ pos, message }) => fault(at(pos[0]), [], message.split('\n')[0] ?? ''))
  if (!document || !errors) return { root: empty, faults: [fault(start, [], DEEP)], broken: true }
  if (errors.length > 0) return { root: empty, faults: errors, broken: true }
  const faults: Fault[] = []
  const root = document.contents ? treeOf(document.contents, { at, faults }, []) : empty
  return { root, faults, broken: false }
}

const DEEP = 'The file is nested too deeply.'

/** The parser recurses, and slowly: brackets by the hundred are no file of ours. Brackets in quotes are counted too. */
function isDeep(text: string): boolean {
  let open = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '[' || c === '{') open++
    else if (c === ']' || c === '}') open--
    if (open > MAX_OPEN) return true
  }
  return /^[ \t]*(?:[-?] ){20}/m.test(text) || /^ {200}/m.test(text)
}

const MAX_OPEN = 100

function parsed(text: string, lines: LineCounter): Document.Parsed | undefined {
  if (isDeep(text)) return undefined
  try {
    return parseDocument(text, { lineCounter: lines, schema: 'failsafe', prettyErrors: false, logLevel: 'error' })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

interface Reading {
  readonly at: (offset: number | undefined) => Place
  readonly faults: Fault[]
}

/** `key` is where the key stands whose value this is. */
function treeOf(node: ParsedNode | null, reading: Reading, path: Path, key?: Place): Node {
  const own = node ? reading.at(node.range[0]) : (key ?? reading.at(0))
  const at = isMap(node) || isSeq(node) ? (key ?? own) : own
  const say = (message: string) => void reading.faults.push(fault(at, path, message))
  const none: Node = { kind: 'drop', at }
  if (node === null) return { kind: 'text', text: '', at }
  if (isAlias(node)) return (say('References (*) are not used in facility files.'), none)
  if (node.anchor !== undefined) say('Anchors (&) are not used in facility files.')
  if (node.tag === '!drop') return { kind: 'drop', at: key ?? at }
  const replace = node.tag === '!replace'
  if (node.tag?.startsWith('!') && !replace) say(`The tag ${node.tag} is not known: there are !replace and !drop.`)
  if (path.length > MAX_DEPTH) return (say(DEEP), none)
  if (isScalar(node)) return { kind: 'text', text: textOf(node.value, node.source), at }
  if (isSeq(node)) {
    const items = node.items.map((item, i) => treeOf(item as ParsedNode, reading, [...path, i]))
    return { kind: 'list', items, at, replace }
  }
  if (!isMap(node)) return none
  const entries = node.items.map(({ key, value }): [string, Entry] => {
    const keyAt = reading.at((key as ParsedNode).range[0])
    if (!isScalar(key)) reading.faults.push(fault(keyAt, path, 'A key must be a word.'))
    const name = isScalar(key) ? textOf(key.value, key.source) : ''
    return [name, { at: keyAt, node: treeOf(value as ParsedNode | null, reading, [...path, name], keyAt) }]
  })
  return { kind: 'table', entries: new Map(entries), at, replace }
}

function textOf(value: unknown, source: string | undefined): string {
  return typeof value === 'string' ? value : (source ?? '')
}
