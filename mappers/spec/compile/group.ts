import { groups, type Group } from '../../canonical.ts'
import { isGroup } from '../shape.ts'
import { find, type Node, type Path, type Table } from '../tree.ts'
import { isBlank } from './blank.ts'
import { compilePath, wordOf, type Compiler, type Getter, type Scope } from './compiler.ts'
import { compileEach } from './each.ts'
import { compileField, type Field, type Reader } from './field.ts'
import type { Run } from './run.ts'
import { compileWhen } from './when.ts'

export type AnyPart = Record<string, unknown>
/** Reads the parts of a group in an item: none, one, or as many as it repeats. */
export type GroupReader = (item: unknown, run: Run) => AnyPart[]

/** A group's binding, or a list of them: their parts one after the other. */
export function compileGroup(compiler: Compiler, scope: Scope, node: Node, group: Group, path: Path): GroupReader {
  if (node.kind === 'list') {
    const all = node.items.map((item, i) => compileGroup(compiler, scope, item, group, [...path, i]))
    return (item, run) => all.flatMap((read) => read(item, run))
  }
  if (node.kind !== 'table') return () => []
  const repeats = compileEach(compiler, scope, find(node, ['each']), [...path, 'each'])
  if (!repeats) return () => []
  if (repeats.kind === 'once') {
    const read = compilePart(compiler, scope, node, group, path, { optional: false })
    return (item, run) => {
      const part = read(item, run)
      return part ? [part] : []
    }
  }
  if (repeats.kind === 'items') {
    const read = compilePart(compiler, repeats.scope, node, group, path, { optional: true })
    const stop = compileStop(compiler, repeats.scope, node, path)
    return (item, run) => readItems(compiler, repeats.items(item), read, stop, run)
  }
  const faults = compiler.faults.length
  const parts: { read: PartReader; stop: Getter | undefined }[] = []
  for (const inner of repeats.scopes) {
    const read = compilePart(compiler, inner, node, group, path, { optional: true })
    parts.push({ read, stop: compileStop(compiler, inner, node, path) })
    // What is wrong once is wrong in every row.
    if (compiler.faults.length > faults) break
  }
  return (item, run) => {
    const found: AnyPart[] = []
    for (const { read, stop } of parts) {
      if (stop && isBlank(stop(item))) break
      const part = read(item, run)
      if (part) found.push(part)
    }
    return found
  }
}

type PartReader = (item: unknown, run: Run) => AnyPart | undefined

function readItems(
  { source }: Compiler,
  items: readonly unknown[],
  read: PartReader,
  stop: Getter | undefined,
  run: Run,
): AnyPart[] {
  const found: AnyPart[] = []
  const { line, item: outer } = run
  for (const item of items) {
    if (stop && isBlank(stop(item))) break
    run.item = item
    run.line = source.lineOf?.(item) ?? line
    const part = read(item, run)
    if (part) found.push(part)
  }
  run.item = outer
  run.line = line
  return found
}

function compileStop(compiler: Compiler, scope: Scope, node: Table, path: Path): Getter | undefined {
  const stop = find(node, ['each', 'stopIfBlank'])
  const text = wordOf(stop)
  return stop && text !== undefined
    ? compilePath(compiler, scope, { text, at: stop.at, path: [...path, 'each', 'stopIfBlank'] })
    : undefined
}

interface Members {
  readonly found: { readonly name: string; readonly read: Reader }[]
  readonly fixed: { readonly name: string; readonly read: Reader }[]
  readonly nested: { readonly name: string; readonly read: GroupReader }[]
}

/** What a group that stands once is known by: without it there is none (a problem with a date and no name). */
const main: Partial<Record<Group, string>> = {
  problem: 'code',
  medication: 'drug',
  allergy: 'code',
  procedure: 'code',
  immunization: 'vaccine',
  note: 'text',
}

function compilePart(
  compiler: Compiler,
  scope: Scope,
  node: Table,
  group: Group,
  path: Path,
  { optional }: { readonly optional: boolean },
): PartReader {
  const when = compileWhen(compiler, scope, find(node, ['when']), [...path, 'when'])
  const { found, fixed, nested } = compileMembers(compiler, scope, node, group, path)
  const key = main[group]
  const needs = scope.within === undefined && found.some(({ name }) => name === key) ? key : undefined
  const exists = group === 'event'
  return (item, run) => {
    if (when && !when(item)) return undefined
    const before = run.found
    const issues = run.issues.length
    const unmapped = run.unmappedCodes.length
    run.found = 0
    const part: AnyPart = {}
    for (const { name, read } of found) {
      const value = read(item, run)
      if (value !== undefined) part[name] = value
    }
    for (const { name, read } of nested) {
      const parts = read(item, run)
      if (parts.length > 0) part[name] = parts
    }
    const isThere = exists || run.found > 0
    run.found += before
    if (!isThere || (needs !== undefined && part[needs] === undefined)) {
      if (optional && !isThere) {
        run.issues.length = issues
        run.unmappedCodes.length = unmapped
      }
      return undefined
    }
    for (const { name, read } of fixed) {
      const value = read(item, run)
      if (value !== undefined) part[name] = value
    }
    return part
  }
}

function compileMembers(compiler: Compiler, scope: Scope, node: Table, group: Group, path: Path): Members {
  const members: Members = { found: [], fixed: [], nested: [] }
  for (const [name, { node: inner }] of node.entries) {
    const here = [...path, name]
    // A field and a group of one name (document.file): a group is what the schema takes it for.
    const field = isInside(group, name) ? undefined : fieldOf(group, name)
    if (field) {
      const bound = compileField(compiler, scope, inner, field, here)
      if (bound) members[bound.fixed ? 'fixed' : 'found'].push({ name, read: bound.read })
    } else if (isGroup(name)) {
      members.nested.push({ name, read: compileGroup(compiler, scope, inner, name, here) })
    }
  }
  return members
}

function isInside(group: Group, name: string): boolean {
  return (groups[group].inside as readonly string[]).includes(name)
}

export function fieldOf(group: Group, name: string): Field | undefined {
  const { fields }: { fields: Readonly<Record<string, Pick<Field, 'kind' | 'many'>>> } = groups[group]
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  return field && { name, group, ...field }
}
