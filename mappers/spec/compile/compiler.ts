import type { Clear } from '../../canonical.ts'
import type { Raw, Source, SourceOptions, Within } from '../../read/source.ts'
import { SpecFault } from '../../read/source.ts'
import type { CodeList } from '../function.ts'
import { fault, type Fault } from '../faults.ts'
import type { Node, Path, Place } from '../tree.ts'

/** What every part of the compiler shares: where faults go, and the source that knows what paths mean. */
export interface Compiler {
  readonly source: Source<unknown>
  readonly options: SourceOptions
  readonly codes: (list: string) => CodeList
  readonly faults: Fault[]
  /** Where each path was bound first. */
  readonly bound: Map<string, Place>
  /** `visit.at` → the path it is read from, for findings about the record as a whole. */
  readonly columns: Map<string, string>
}

/** Where in the record a binding stands: inside of which item, and what `{n}` means there. */
export interface Scope {
  readonly within?: Within
  readonly vars: Readonly<Record<string, string>>
}

/** What a path finds. */
export type Getter = (item: unknown) => Raw | readonly Raw[] | Clear | undefined

/** A word of the file: its text, and where it stands. */
export interface Word {
  readonly text: string
  readonly at: Place
  readonly path: Path
}

/** Runs a step of compiling; a fault is noted with its place, and undefined is the answer. */
export function attempt<T>(compiler: Pick<Compiler, 'faults'>, at: Place, path: Path, step: () => T): T | undefined {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof SpecFault)) throw error
    compiler.faults.push(fault(at, path, error.message))
    return undefined
  }
}

/** The texts of a word or of a list of words. */
export function wordsOf(node: Node | undefined, path: Path): Word[] {
  if (node?.kind === 'text') return [{ text: node.text, at: node.at, path }]
  return node?.kind === 'list' ? node.items.flatMap((item) => wordsOf(item, path)) : []
}

export function wordOf(node: Node | undefined): string | undefined {
  return node?.kind === 'text' ? node.text : undefined
}

/** `{n}` and `{col}` become what they stand for; other braces are text. */
export function substitute(text: string, vars: Readonly<Record<string, string>>): string {
  if (!text.includes('{')) return text
  return text.replace(/\{([^{}]+)\}/g, (whole, name: string) =>
    Object.hasOwn(vars, name) ? (vars[name] ?? '') : whole,
  )
}

/** The closure of a path, its text filled in; a fault is the source's, at the word. */
export function compilePath(compiler: Compiler, scope: Scope, word: Word): Getter | undefined {
  const text = substitute(word.text, scope.vars)
  if (!compiler.bound.has(text)) compiler.bound.set(text, word.at)
  return attempt(compiler, word.at, word.path, () => compiler.source.path(text, scope.within))
}
