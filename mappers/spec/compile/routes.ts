import { groups, type Canonical, type Group } from '../../canonical.ts'
import { fault } from '../faults.ts'
import { isGroup } from '../shape.ts'
import { find, type Node } from '../tree.ts'
import { compileChain } from './chain.ts'
import { substitute, wordOf, wordsOf, type Compiler, type Scope } from './compiler.ts'
import { compileGroup, fieldOf, type AnyPart, type GroupReader } from './group.ts'
import { Run } from './run.ts'

export interface BoundGroup {
  readonly name: Group
  readonly single: boolean
  readonly read: GroupReader
}

/** What a kind of record comes to: which groups are read, and what is set in them. */
export interface Route {
  readonly pattern: string
  readonly ignore: boolean
  /** Why records of this kind are not taken. */
  readonly refuse?: string
  readonly groups: readonly BoundGroup[]
  readonly sets: ReadonlyMap<string, readonly (readonly [field: string, value: unknown])[]>
}

export function compileGroups(compiler: Compiler, scope: Scope, bind: Node | undefined): BoundGroup[] {
  if (bind?.kind !== 'table') return []
  return [...bind.entries].flatMap(([name, { node }]): BoundGroup[] => {
    if (!isGroup(name)) return []
    return [{ name, single: groups[name].single, read: compileGroup(compiler, scope, node, name, ['bind', name]) }]
  })
}

/** The route of records that have no kind: every group. */
export function everyGroup(groups: readonly BoundGroup[]): Route {
  return { pattern: '', ignore: false, groups, sets: new Map() }
}

export function compileRoutes(
  compiler: Compiler,
  scope: Scope,
  node: Node | undefined,
  bound: readonly BoundGroup[],
): ((kind: string) => Route | undefined) | undefined {
  if (node?.kind !== 'table') return undefined
  if (!compiler.source.route) {
    compiler.faults.push(fault(node.at, ['routes'], `Records of a ${compiler.options.kind} have no kinds to route by.`))
    return undefined
  }
  const routes = [...node.entries].map(([pattern, entry]) => compileRoute(compiler, scope, pattern, entry.node, bound))
  const exact = new Map(routes.map((route) => [route.pattern, route]))
  const open = routes
    .filter(({ pattern }) => pattern.endsWith('*'))
    .toSorted((a, b) => b.pattern.length - a.pattern.length)
  return (kind) => exact.get(kind) ?? open.find(({ pattern }) => kind.startsWith(pattern.slice(0, -1)))
}

function compileRoute(
  compiler: Compiler,
  scope: Scope,
  pattern: string,
  node: Node,
  bound: readonly BoundGroup[],
): Route {
  const chosen = find(node, ['groups'])
  const names = new Set(wordsOf(chosen, []).map(({ text }) => text))
  const sets = new Map<string, [string, unknown][]>()
  const set = find(node, ['set'])
  for (const [path, { at, node: value }] of set?.kind === 'table' ? set.entries : []) {
    const [group = '', name = ''] = path.split('.')
    const field = isGroup(group) ? fieldOf(group, name) : undefined
    const text = wordOf(value)
    if (!field || text === undefined) continue
    const apply = compileChain(compiler, scope, undefined, {
      kind: field.kind,
      at,
      path: ['routes', pattern, 'set', path],
    })
    const made = apply?.(substitute(text, scope.vars), new Run(new Date(0)))
    const list = sets.get(group) ?? []
    list.push([name, field.many ? [made].flat() : made])
    sets.set(group, list)
  }
  const kept = chosen ? bound.filter(({ name }) => names.has(name)) : bound
  const event: BoundGroup = { name: 'event', single: true, read: () => [{}] }
  const needsEvent = sets.has('event') && !kept.some(({ name }) => name === 'event')
  const refuse = wordOf(find(node, ['refuse']))
  return {
    pattern,
    ignore: wordOf(find(node, ['ignore'])) === 'true',
    ...(refuse !== undefined && { refuse }),
    groups: needsEvent ? [event, ...kept] : kept,
    sets,
  }
}

/** The canonical record of an item. */
export function readCanonical({ groups: bound, sets }: Route, item: unknown, run: Run): Canonical {
  const canonical: Record<string, AnyPart | AnyPart[]> = {}
  for (const { name, single, read } of bound) {
    const parts = read(item, run)
    const [first] = parts
    if (!first) continue
    const set = sets.get(name)
    if (set) for (const part of parts) for (const [field, value] of set) part[field] = value
    canonical[name] = single ? first : parts
  }
  return canonical as Canonical
}
