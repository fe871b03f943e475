/** A facility file as a tree whose every line knows where it was written: what merging, explaining and faults need. */
export type Node = Text | List | Table | Drop

/** Where something was written: `csv-opd-register.yaml`, line 14. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** Every scalar is text here; the schema makes numbers of those that must be (so `01` and `1.10` stay as written). */
export interface Text {
  readonly kind: 'text'
  readonly text: string
  readonly at: Place
}

export interface List {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly at: Place
  /** `!replace`: takes the place of what it overrides, whole. */
  readonly replace: boolean
}

export interface Table {
  readonly kind: 'table'
  readonly entries: ReadonlyMap<string, Entry>
  readonly at: Place
  readonly replace: boolean
}

/** `!drop`: removes the key that it overrides. */
export interface Drop {
  readonly kind: 'drop'
  readonly at: Place
}

export interface Entry {
  /** Of the key. */
  readonly at: Place
  readonly node: Node
}

export type Path = readonly (string | number)[]

export function table(at: Place, entries: Iterable<readonly [string, Entry]>, replace = false): Table {
  return { kind: 'table', entries: new Map(entries), at, replace }
}

export function child(node: Node | undefined, key: string | number): Node | undefined {
  if (node?.kind === 'table') return node.entries.get(String(key))?.node
  return node?.kind === 'list' ? node.items[Number(key)] : undefined
}

export function find(node: Node | undefined, path: Path): Node | undefined {
  return path.reduce<Node | undefined>(child, node)
}

/** Where a path is written, or the nearest above it that is: of an entry the line of its key. */
export function placeOf(root: Node, path: Path): Place {
  let [node, at]: [Node | undefined, Place] = [root, root.at]
  for (const key of path) {
    at = (node?.kind === 'table' ? node.entries.get(String(key))?.at : child(node, key)?.at) ?? at
    node = child(node, key)
  }
  return at
}

/** As JavaScript holds it; scalars are strings. */
export function plain(node: Node): unknown {
  if (node.kind === 'text') return node.text
  if (node.kind === 'list') return node.items.filter((item) => item.kind !== 'drop').map(plain)
  if (node.kind === 'drop') return undefined
  const kept = [...node.entries].filter(([, { node: value }]) => value.kind !== 'drop')
  return Object.fromEntries(kept.map(([key, { node: value }]) => [key, plain(value)]))
}

/** Without the entry or item at the path. */
export function without(node: Node, [key, ...rest]: Path): Node {
  if (key === undefined) return node
  if (node.kind === 'list') {
    const items = node.items.flatMap((item, i) =>
      i !== Number(key) ? [item] : rest.length === 0 ? [] : [without(item, rest)],
    )
    return { ...node, items }
  }
  if (node.kind !== 'table') return node
  const entries = [...node.entries].flatMap(([name, entry]): [string, Entry][] => {
    if (name !== String(key)) return [[name, entry]]
    return rest.length === 0 ? [] : [[name, { ...entry, node: without(entry.node, rest) }]]
  })
  return { ...node, entries: new Map(entries) }
}
