import { listsUsed } from './compile/all.ts'
import { SpecFault } from '../read/source.ts'
import type { CodeRow } from './codes.ts'
import type { Effective } from './effective.ts'
import type { Entry, Node, Table } from './tree.ts'

/** A published version: the effective file, its origins and the code lists it uses, as text that needs nothing else. */
export function freeze(effective: Effective): string {
  const { slug, root } = effective
  return JSON.stringify({ format: 1, slug, root: pack(root), lists: Object.fromEntries(listsUsed(effective)) })
}

/** A frozen file, as it was; compiling it gives the mapping that was published. */
export function thaw(text: string): Effective {
  try {
    const { format, slug, root, lists } = JSON.parse(text) as Frozen
    const table = unpack(root)
    if (format !== 1 || typeof slug !== 'string' || table.kind !== 'table') throw new SyntaxError()
    return { slug, root: table, lists: new Map(Object.entries(lists)) }
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) throw new SpecFault('This is not a frozen file.')
    throw error
  }
}

interface Frozen {
  readonly format: number
  readonly slug: string
  readonly root: Packed
  readonly lists: Readonly<Record<string, readonly CodeRow[]>>
}

interface Packed {
  readonly at: readonly [file: string, line: number]
  readonly text?: string
  readonly items?: readonly Packed[]
  readonly entries?: readonly (readonly [key: string, line: number, file: string, node: Packed])[]
}

function pack(node: Node): Packed {
  const at = [node.at.file, node.at.line] as const
  if (node.kind === 'text') return { at, text: node.text }
  if (node.kind === 'list') return { at, items: node.items.map(pack) }
  if (node.kind === 'drop') return { at }
  return { at, entries: [...node.entries].map(([key, entry]) => [key, entry.at.line, entry.at.file, pack(entry.node)]) }
}

function unpack({ at: [file, line], text, items, entries }: Packed): Node {
  const at = { file, line }
  if (text !== undefined) return { kind: 'text', text, at }
  if (items) return { kind: 'list', items: items.map(unpack), at, replace: false }
  const all = (entries ?? []).map(([key, keyLine, keyFile, node]): [string, Entry] => [
    key,
    { at: { file: keyFile, line: keyLine }, node: unpack(node) },
  ])
  const table: Table = { kind: 'table', entries: new Map(all), at, replace: false }
  return table
}
