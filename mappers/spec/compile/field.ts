import { CLEAR, type Clear, type Group, type Kind } from '../../canonical.ts'
import { issue, type Level } from '../../issues.ts'
import type { Raw } from '../../read/source.ts'
import { kept } from '../conversions.ts'
import { fault } from '../faults.ts'
import { find, plain, type Node, type Path } from '../tree.ts'
import { firstText, isBlank, isList } from './blank.ts'
import { compileChain, type Apply } from './chain.ts'
import {
  compilePath,
  substitute,
  wordOf,
  wordsOf,
  type Compiler,
  type Getter,
  type Scope,
  type Word,
} from './compiler.ts'
import type { Run } from './run.ts'
import { compileWhen, type Test } from './when.ts'

/** Reads one field of an item: its value (an array when it repeats, with CLEAR before it where some of it is cleared), CLEAR, or undefined. */
export type Reader = (item: unknown, run: Run) => unknown

export interface Field {
  readonly name: string
  readonly group: Group
  readonly kind: Kind
  readonly many: boolean
}

/** A binding ready to run. A fixed one is a constant: it does not make an item exist. */
export interface Bound {
  readonly read: Reader
  readonly fixed: boolean
}

/** A binding or a list of them: of a field that repeats all values, of another the first that is found. */
export function compileField(
  compiler: Compiler,
  scope: Scope,
  node: Node,
  field: Field,
  path: Path,
): Bound | undefined {
  const nodes = node.kind === 'list' ? node.items : [node]
  const bounds = nodes.flatMap((one) => compileBinding(compiler, scope, one, field, path) ?? [])
  const [only, ...more] = bounds
  if (!only || more.length === 0) return only
  const read: Reader = field.many ? (item, run) => together(bounds, item, run) : (item, run) => first(bounds, item, run)
  return { read, fixed: bounds.every(({ fixed }) => fixed) }
}

function first(bounds: readonly Bound[], item: unknown, run: Run): unknown {
  for (const { read } of bounds) {
    const value = read(item, run)
    if (value !== undefined) return value
  }
  return undefined
}

function together(bounds: readonly Bound[], item: unknown, run: Run): unknown {
  const all: unknown[] = []
  let clear = false
  for (const { read } of bounds) {
    const value = read(item, run)
    if (value === CLEAR) clear = true
    else if (isList(value)) all.push(...value)
  }
  if (all.length === 0) return clear ? CLEAR : undefined
  return clear ? [CLEAR, ...all] : all
}

function compileBinding(compiler: Compiler, scope: Scope, node: Node, field: Field, path: Path): Bound | undefined {
  const at = node.at
  const constant = wordOf(find(node, ['const']))
  const words = wordsOf(find(node, ['from']), [...path, 'from'])
  const wrong = (message: string) => void compiler.faults.push(fault(at, path, message))
  if (constant === undefined && words.length === 0) return wrong('A binding needs from or const.')
  if (constant !== undefined && words.length > 0) return wrong('A binding has from or const, not both.')
  const apply = compileChain(compiler, scope, find(node, ['as']), { kind: field.kind, at, path })
  const when = compileWhen(compiler, scope, find(node, ['when']), [...path, 'when'])
  const otherwise = wordOf(find(node, ['default']))
  const fallback =
    otherwise === undefined ? undefined : compileChain(compiler, scope, undefined, { kind: field.kind, at, path })
  const onBad = wordOf(find(node, ['onBad'])) as OnBad | undefined
  if (onBad === 'keep' && !kept[field.kind])
    wrong(`onBad: keep has no meaning here: a ${field.kind} cannot hold any text.`)
  const get = compileFrom(compiler, scope, words, wordOf(find(node, ['join'])))
  if (!apply) return undefined
  const many = field.many ? (value: unknown) => listed(value) : single
  if (constant !== undefined) {
    const text = substitute(constant, scope.vars)
    const read: Reader = (_, run) => ((run.column = ''), (run.value = undefined), many(apply(text, run)))
    return { read: guarded(read, when), fixed: true }
  }
  if (!get) return undefined
  const column = words.map(({ text }) => substitute(text, scope.vars)).join(', ')
  const name = `${field.group}.${field.name}`
  if (!compiler.columns.has(name)) compiler.columns.set(name, column)
  const rule: Rule = {
    get,
    apply: overAll(apply, field.many && wordsOf(find(node, ['as']), path)[0]?.text !== 'first'),
    many,
    column,
    counts: counts(scope, words) ? 1 : 0,
    tells: !counts(scope, words) && asksFor(scope, find(node, ['as'])) ? 1 : 0,
    need: wordOf(find(node, ['need'])) === 'record',
    missing: field.group === 'patient' && field.name === 'name' ? 'NAME_MISSING' : 'VALUE_NEEDED',
    ...(onBad && { onBad }),
    keep: kept[field.kind],
    text: (raw) => firstText(compiler.source, raw),
    fallback:
      fallback && otherwise !== undefined ? (run) => many(fallback(substitute(otherwise, scope.vars), run)) : undefined,
  }
  return { read: guarded(reader(rule), when), fixed: false }
}

type OnBad = 'warn' | 'quarantine' | 'keep'

interface Rule {
  readonly get: Getter
  readonly apply: (raw: Raw | readonly Raw[], run: Run) => unknown
  readonly many: (value: unknown) => unknown
  readonly column: string
  /** A filled cell shows that the item is there. */
  readonly counts: number
  /** Only what it comes to does: a part of a cell that all items are read from. */
  readonly tells: number
  readonly need: boolean
  readonly missing: 'NAME_MISSING' | 'VALUE_NEEDED'
  readonly onBad?: OnBad
  readonly keep: ((text: string) => unknown) | undefined
  readonly text: (raw: Raw | readonly Raw[]) => string
  readonly fallback: ((run: Run) => unknown) | undefined
}

function reader(rule: Rule): Reader {
  const { get, apply, many, column, counts: count, tells, need, fallback } = rule
  return (item, run) => {
    const raw = get(item)
    const before = run.issues.length
    let value: unknown
    if (!isBlank(raw) && raw !== undefined) {
      run.found += count
      run.column = column
      run.value = undefined
      value = raw === CLEAR ? CLEAR : many(apply(raw, run))
      if (value !== undefined) run.found += tells
      if (run.issues.length > before) value = judge(rule, value, raw, run, before)
    }
    if (value === undefined && fallback && !refused(run, before)) value = fallback(run)
    if (need && (value === undefined || value === CLEAR)) demand(rule, run, before)
    return value
  }
}

/** What onBad makes of findings about a value, and of the value. */
function judge(
  { onBad, keep, many, text }: Rule,
  value: unknown,
  raw: Raw | readonly Raw[] | Clear,
  run: Run,
  from: number,
) {
  if (onBad === undefined) return value
  const bad = value === undefined || refused(run, from)
  if (onBad === 'quarantine') relevel(run, from, 'warning', 'error')
  else relevel(run, from, 'error', 'warning')
  if (onBad === 'warn') return bad ? undefined : value
  return onBad === 'keep' && bad && raw !== CLEAR ? many(keep?.(text(raw))) : value
}

/** `need: record`: what is missing, or cannot be read, refuses the record. */
function demand({ missing, column }: Rule, run: Run, from: number): void {
  if (run.issues.length > from) {
    relevel(run, from, 'warning', 'error')
    return
  }
  run.column = column
  run.add(issue(missing, { ...run.where(), level: 'error' }))
}

function refused(run: Run, from: number): boolean {
  for (let i = from; i < run.issues.length; i++) if (run.issues[i]?.level === 'error') return true
  return false
}

function relevel(run: Run, from: number, old: Level, level: Level): void {
  for (let i = from; i < run.issues.length; i++) {
    const found = run.issues[i]
    if (found?.level === old) run.issues[i] = { ...found, level }
  }
}

function guarded(read: Reader, when: Test | undefined): Reader {
  return when ? (item, run) => (when(item) ? read(item, run) : undefined) : read
}

/** `from: complaints, join: ', '`: all that one path finds, as one text. */
function gluing({ source }: Compiler, get: Getter, join: string): Getter {
  return (item) => {
    const raw = get(item)
    if (!isList(raw)) return raw
    return raw
      .map((one) => firstText(source, one))
      .filter((text) => text !== '')
      .join(join)
  }
}

/** Paths → one getter: the first that is filled, or all that are, glued. */
function compileFrom(
  compiler: Compiler,
  scope: Scope,
  words: readonly Word[],
  join: string | undefined,
): Getter | undefined {
  const gets = words.flatMap((word) => compilePath(compiler, scope, word) ?? [])
  const [only, ...more] = gets
  if (!only || gets.length < words.length) return undefined
  if (more.length === 0 && join === undefined) return only
  if (more.length === 0) return gluing(compiler, only, join ?? '')
  if (join !== undefined) {
    return (item) => {
      let glued = ''
      for (const get of gets) {
        const text = firstText(compiler.source, get(item))
        if (text !== '') glued = glued === '' ? text : glued + join + text
      }
      return glued
    }
  }
  return (item) => {
    for (const get of gets) {
      const raw = get(item)
      if (!isBlank(raw)) return raw
    }
    return undefined
  }
}

/** Of columns and rows only what depends on them shows that an item is there. */
function counts(scope: Scope, words: readonly Word[]): boolean {
  const names = Object.keys(scope.vars)
  return names.length === 0 || words.some(({ text }) => names.some((name) => text.includes(`{${name}}`)))
}

/** Whether what reads a cell differs from item to item: `{ medicine: "{n}" }`. */
function asksFor(scope: Scope, as: Node | undefined): boolean {
  const text = as === undefined ? '' : JSON.stringify(plain(as))
  return Object.keys(scope.vars).some((name) => text.includes(`{${name}}`))
}

/** Of a field that repeats each repetition; of another the first that comes to something. */
function overAll(apply: Apply, many: boolean): (raw: Raw | readonly Raw[], run: Run) => unknown {
  return (raw, run) => {
    if (!isList(raw)) return apply(raw as Raw, run)
    const all: unknown[] = []
    for (const one of raw) {
      if (isBlank(one)) continue
      const value = apply(one, run)
      if (value === undefined) continue
      if (!many) return value
      if (isList(value)) all.push(...value)
      else all.push(value)
    }
    return all.length > 0 ? all : undefined
  }
}

function listed(value: unknown): unknown {
  if (value === undefined || value === CLEAR) return value
  if (!isList(value)) return [value]
  const all = value.filter((one) => (one as unknown) !== CLEAR)
  return all.length > 0 ? all : value.length > 0 ? CLEAR : undefined
}

function single(value: unknown): unknown {
  return isList(value) ? value[0] : value
}
