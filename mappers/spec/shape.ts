import { groups, type Group } from '../canonical.ts'
import { fault, type Fault } from './faults.ts'
import { table, type Entry, type Node, type Path, type Table } from './tree.ts'

/**
 * One form for all: `bind.patient.name: X` becomes `bind: { patient: { name: { from: X } } }`, so that files merge by name
 * however each of them was written. Names are known to be right.
 */
export function shape(root: Node, faults: Fault[]): Table {
  if (root.kind !== 'table') return table(root.at, [])
  const entries = [...root.entries].map(([key, entry]): [string, Entry] => {
    if (key === 'record') return [key, { ...entry, node: shapeRecord(entry.node) }]
    return [key, key === 'bind' ? { ...entry, node: shapeBind(entry.node, faults) } : entry]
  })
  return { ...root, entries: new Map(entries) }
}

function shapeRecord(node: Node): Node {
  if (node.kind !== 'table') return node
  const at = node.entries.get('at')
  return at ? { ...node, entries: new Map([...node.entries, ['at', { ...at, node: shapeField(at.node) }]]) } : node
}

function shapeBind(node: Node, faults: Fault[]): Node {
  if (node.kind !== 'table') return node
  let whole: Table = { ...node, entries: new Map() }
  for (const [key, entry] of node.entries) whole = put(whole, key.split('.'), entry, faults, ['bind'])
  return whole
}

/** Puts an entry at `report.result.code`, shaping it; what stands there already is a fault, but for groups, which join. */
function put(into: Table, [key = '', ...rest]: readonly string[], entry: Entry, faults: Fault[], path: Path): Table {
  const there = into.entries.get(key)
  const here = [...path, key]
  const entries = new Map(into.entries)
  const group = groupAt(path, key)
  if (rest.length > 0) {
    const under = there?.node.kind === 'table' ? there.node : table(entry.at, [])
    if (there && there.node.kind !== 'table') faults.push(fault(entry.at, here, TWICE))
    entries.set(key, { at: there?.at ?? entry.at, node: put(under, rest, entry, faults, here) })
  } else if (group === undefined) {
    if (there) faults.push(fault(entry.at, here, TWICE))
    entries.set(key, { at: entry.at, node: isWord(key) ? entry.node : shapeField(entry.node) })
  } else {
    if (there && (there.node.kind !== 'table' || entry.node.kind !== 'table')) faults.push(fault(entry.at, here, TWICE))
    const base = there?.node.kind === 'table' ? there.node : undefined
    entries.set(key, { at: there?.at ?? entry.at, node: shapeGroup(entry.node, base, faults, here) })
  }
  return { ...into, entries }
}

const TWICE = 'This is bound twice in this file.'

function shapeGroup(node: Node, base: Table | undefined, faults: Fault[], path: Path): Node {
  if (node.kind === 'list') {
    return { ...node, items: node.items.map((item, i) => shapeGroup(item, undefined, faults, [...path, i])) }
  }
  if (node.kind !== 'table') return node
  let whole: Table = base ?? { ...node, entries: new Map() }
  for (const [key, entry] of node.entries) whole = put(whole, [key], entry, faults, path)
  return { ...whole, replace: whole.replace || node.replace }
}

function isWord(key: string): boolean {
  return key === 'each' || key === 'when'
}

/** Whether a key in a place of `bind` names a group (not a field). */
function groupAt(path: Path, key: string): Group | undefined {
  const names = path.slice(1).filter((part): part is string => typeof part === 'string')
  const parent = names.at(-1)
  const known: readonly string[] = parent === undefined ? Object.keys(groups) : insideOf(parent)
  const isField = parent !== undefined && isGroup(parent) && key in groups[parent].fields
  return !isField && known.includes(key) && isGroup(key) ? key : undefined
}

function insideOf(parent: string): readonly string[] {
  return isGroup(parent) ? groups[parent].inside : []
}

export function isGroup(name: string): name is Group {
  return Object.hasOwn(groups, name)
}

function shapeField(node: Node): Node {
  if (node.kind === 'text') return table(node.at, [['from', { at: node.at, node }]])
  return node.kind === 'list' ? { ...node, items: node.items.map(shapeField) } : node
}
