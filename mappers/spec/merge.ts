import type { Entry, Node, Table } from './tree.ts'

/**
 * What a file says over what it extends: mappings join key by key, everything else wins whole. `!replace` wins whole too,
 * `!drop` removes the key. Lists have no names, so a list wins whole.
 */
export function merge(base: Table, over: Table): Table {
  return mergeTables(base, over, [])
}

function mergeTables(base: Table, over: Table, path: readonly string[]): Table {
  if (over.replace) return over
  const entries = new Map(base.entries)
  for (const [name, entry] of [...over.entries, ...ousted(over, path)]) {
    const below = entries.get(name)
    entries.set(name, below ? { at: entry.at, node: mergeNodes(below.node, entry.node, [...path, name]) } : entry)
  }
  return { ...over, entries, replace: base.replace }
}

function mergeNodes(base: Node, over: Node, path: readonly string[]): Node {
  // One function is not a mapping of names: `as: { age-at: X }` over `as: { date: [Y] }` is not both.
  if (over.kind !== 'table' || path.at(-1) === 'as') return over
  return base.kind === 'table' ? mergeTables(base, over, path) : { ...over, replace: true }
}

/** Drops for what cannot stand beside what comes: a constant and where a value came from, two forms of `each`. */
function ousted(over: Table, path: readonly string[]): [string, Entry][] {
  if (path[0] !== 'bind') return []
  const drops = (says: string, gone: readonly string[]) => {
    const by = over.entries.get(says)
    if (!by || by.node.kind === 'drop') return []
    const names = gone.filter((name) => name !== says && !over.entries.has(name))
    return names.map((name): [string, Entry] => [name, { at: by.at, node: { kind: 'drop', at: by.at } }])
  }
  if (path.at(-1) === 'each') return EACH.flatMap((form) => drops(form, EACH))
  return [...drops('const', ['from', 'join', 'as', 'onBad']), ...drops('from', ['const'])]
}

const EACH = ['columns', 'rows', 'path', 'segment', 'group']

/** What is left when there is nothing more to merge onto: drops are gone, and no mark of replacing stays. */
export function settle(node: Table): Table {
  const entries = [...node.entries].flatMap(([key, entry]): [string, Entry][] =>
    entry.node.kind === 'drop' ? [] : [[key, { ...entry, node: settleNode(entry.node) }]],
  )
  return { ...node, entries: new Map(entries), replace: false }
}

function settleNode(node: Node): Node {
  if (node.kind === 'table') return settle(node)
  if (node.kind !== 'list') return node
  return { ...node, replace: false, items: node.items.filter(({ kind }) => kind !== 'drop').map(settleNode) }
}
