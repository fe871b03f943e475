import { fold } from '../codes.ts'
import type { Node, Path } from '../tree.ts'
import { firstText, isBlank, isList, textOf } from './blank.ts'
import { compilePath, substitute, wordsOf, type Compiler, type Scope } from './compiler.ts'

export type Test = (item: unknown) => boolean

/** `when: { path: value }`: all must hold; words are compared as code lists do, `filled` and `blank` ask for presence. */
export function compileWhen(compiler: Compiler, scope: Scope, node: Node | undefined, path: Path): Test | undefined {
  if (node?.kind !== 'table') return undefined
  const tests = [...node.entries].flatMap(([text, { at, node: wanted }]): Test[] => {
    const get = compilePath(compiler, scope, { text, at, path: [...path, text] })
    if (!get) return []
    const words = wordsOf(wanted, path).map((word) => fold(substitute(word.text, scope.vars)))
    if (words.length === 1 && words[0] === 'filled') return [(item) => !isBlank(get(item))]
    if (words.length === 1 && words[0] === 'blank') return [(item) => isBlank(get(item))]
    const known = new Set(words)
    const { source } = compiler
    return [
      (item) => {
        const found = get(item)
        if (!isList(found)) return known.has(fold(firstText(source, found)))
        return found.some((raw) => known.has(fold(String(textOf(source, raw) ?? ''))))
      },
    ]
  })
  if (tests.length <= 1) return tests[0]
  return (item) => tests.every((test) => test(item))
}
