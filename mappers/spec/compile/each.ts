import type { Each } from '../../read/source.ts'
import { fault } from '../faults.ts'
import { find, plain, type Node, type Path } from '../tree.ts'
import { attempt, substitute, wordOf, wordsOf, type Compiler, type Scope } from './compiler.ts'

/** How a group repeats: the spec's own way (the same bindings with other words) or the source's (items it finds). */
export type Repeats =
  | { readonly kind: 'once' }
  | { readonly kind: 'words'; readonly scopes: readonly Scope[] }
  | { readonly kind: 'items'; readonly scope: Scope; readonly items: (item: unknown) => readonly unknown[] }

const MOST = 500

export function compileEach(compiler: Compiler, scope: Scope, node: Node | undefined, path: Path): Repeats | undefined {
  if (node?.kind !== 'table') return { kind: 'once' }
  const wrong = (message: string) => void compiler.faults.push(fault(node.at, path, message))
  const columns = find(node, ['columns'])
  const rows = find(node, ['rows'])
  if (columns) {
    const words = columns.kind === 'text' ? range(columns.text) : wordsOf(columns, path).map(({ text }) => text)
    if (words.length === 0 || words.length > MOST) return wrong(`columns counts up, like 1..5, and to ${MOST} at most.`)
    return { kind: 'words', scopes: words.map((n) => ({ ...scope, vars: { ...scope.vars, n } })) }
  }
  if (rows) {
    const tables = (plain(rows) as Record<string, string>[]).map((vars) => ({ ...scope.vars, ...vars }))
    return { kind: 'words', scopes: tables.map((vars) => ({ ...scope, vars })) }
  }
  const form = formOf(node, scope)
  if (!form) return wrong('each needs one of: columns, rows, path, segment, group.')
  const made = attempt(compiler, node.at, path, () => compiler.source.each(form, scope.within))
  return made && { kind: 'items', scope: { ...scope, within: made.within }, items: made.items }
}

function formOf(node: Node, scope: Scope): Each | undefined {
  const path = wordOf(find(node, ['path']))
  if (path !== undefined) return { kind: 'path', path: substitute(path, scope.vars) }
  const segment = wordOf(find(node, ['segment']))
  if (segment !== undefined) return { kind: 'segment', segment }
  const group = find(node, ['group'])
  if (!group) return undefined
  const list = (name: string) => wordsOf(find(group, [name]), []).map(({ text }) => text)
  return { kind: 'group', head: list('head'), take: list('take'), until: list('until') }
}

function range(text: string): string[] {
  const [from = 0, to = 0] = text.split('..').map(Number)
  const count = to - from + 1
  return count > 0 && count <= MOST ? Array.from({ length: count }, (_, i) => String(from + i)) : []
}
