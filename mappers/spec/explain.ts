import type { Entry, Node, Place, Table } from './tree.ts'

/** A line of the effective file as it would be written, and where it comes from. */
export interface ExplainedLine {
  readonly text: string
  readonly origin: Place
}

/** The effective file as YAML. What comes from one line of one file stays on one line. */
export function explainTree(root: Table): readonly ExplainedLine[] {
  return linesOf(root, '')
}

function linesOf(node: Table, indent: string): ExplainedLine[] {
  return [...node.entries].flatMap(([key, entry]) => entryLines(`${indent}${quoted(key)}:`, entry, indent))
}

function entryLines(head: string, { at, node }: Entry, indent: string): ExplainedLine[] {
  const inline = oneLine(node)
  if (inline && same(inline, at) && node.kind !== 'text' && head.length + flow(node).length <= 118) {
    return [{ text: `${head} ${flow(node)}`, origin: at }]
  }
  if (node.kind === 'text') return [{ text: `${head} ${quoted(node.text)}`, origin: node.at }]
  if (node.kind === 'drop') return []
  const first = { text: head, origin: at }
  if (node.kind === 'table') return [first, ...linesOf(node, `${indent}  `)]
  return [first, ...node.items.flatMap((item) => itemLines(item, indent))]
}

function itemLines(item: Node, indent: string): ExplainedLine[] {
  if (oneLine(item) || item.kind !== 'table') return [{ text: `${indent}  - ${flow(item)}`, origin: item.at }]
  return linesOf(item, `${indent}    `).map((line, i) =>
    i > 0 ? line : { ...line, text: `${indent}  - ${line.text.slice(indent.length + 4)}` },
  )
}

/** The place of a whole subtree, when it is one. */
function oneLine(node: Node): Place | undefined {
  if (node.kind === 'text' || node.kind === 'drop') return node.at
  const inner = node.kind === 'list' ? node.items.map(oneLine) : [...node.entries.values()].map(entryLine)
  return inner.every((at) => at && same(at, node.at)) ? node.at : undefined
}

function entryLine({ at, node }: Entry): Place | undefined {
  const inner = oneLine(node)
  return inner && same(inner, at) ? at : undefined
}

function same(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line
}

function flow(node: Node): string {
  if (node.kind === 'text') return quoted(node.text, true)
  if (node.kind === 'list') return `[${node.items.map(flow).join(', ')}]`
  if (node.kind === 'drop') return '!drop'
  const entries = [...node.entries].map(([key, entry]) => `${quoted(key, true)}: ${flow(entry.node)}`)
  return entries.length > 0 ? `{ ${entries.join(', ')} }` : '{}'
}

/** A scalar as YAML reads it back: plain where it can be. */
function quoted(text: string, inFlow = false): string {
  const plain = /^[\p{L}\p{M}\p{N}(/$^*.][^:#'"\n\t\\]*$/u.test(text) && text.trim() === text && !text.startsWith('*')
  const safe = plain && !(inFlow && /[,[\]{}]/.test(text)) && !/^[.]{3}/.test(text)
  return safe ? text : JSON.stringify(text)
}
