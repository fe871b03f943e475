import type { Coded } from '../canonical.ts'
import { SpecFault } from '../read/source.ts'
import { systems } from '../values/systems.ts'
import type { CodeList, Found } from './function.ts'

/** A line of a code list; several with one word are several targets, no target says that there is none. */
export interface CodeRow {
  readonly word: string
  readonly display?: string
  /** A plain word (`male`) when there is no system. */
  readonly target?: { readonly system?: string; readonly code: string }
  /** Of two targets in one system the one with the lowest number is taken. */
  readonly priority?: number
}

/** Codes mapped after the file was published, from the work-list. */
export type ExtraCodes = (list: string, word: string) => Coded | undefined

/** What a word of the sender is compared by: letters alone, not their case, their blanks or their Unicode form. */
export function fold(word: string): string {
  return word.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** A list ready to be asked, one hash look-up a word. */
export function codeList(name: string, rows: readonly CodeRow[], extra?: ExtraCodes): CodeList {
  const found = new Map<string, Found>()
  for (const [word, same] of groupBy(rows, (row) => fold(row.word))) found.set(word, resolve(same))
  for (const { word } of rows) found.set(word, found.get(fold(word)) ?? { kind: 'none' })
  const none: Found = { kind: 'none' }
  return {
    name,
    find(word) {
      const known = found.get(word) ?? found.get(fold(word))
      if (known && known.kind !== 'ambiguous') return known
      const coded = extra?.(name, word)
      return coded ? { kind: 'one', coded, ...wordOf(coded) } : (known ?? none)
    },
  }
}

function resolve(rows: readonly CodeRow[]): Found {
  const targets = rows.flatMap((row) => (row.target ? [{ ...row, target: row.target }] : []))
  if (targets.length === 0) return { kind: 'silent' }
  const codings: { system?: string; code: string; display?: string }[] = []
  for (const same of groupBy(targets, ({ target }) => target.system ?? '').values()) {
    const least = Math.min(...same.map(({ priority }) => priority ?? Infinity))
    const best = same.filter(({ priority }) => (priority ?? Infinity) === least)
    const codes = new Set(best.map(({ target }) => target.code))
    const [first] = best
    if (codes.size > 1 || first === undefined) return { kind: 'ambiguous' }
    codings.push(first.target)
  }
  const text = rows.find(({ display }) => display)?.display
  const coded: Coded = { ...(text !== undefined && { text }), codings }
  return { kind: 'one', coded, ...wordOf(coded) }
}

function wordOf({ codings }: Coded): { word?: string } {
  const code = codings[0]?.code
  return code === undefined ? {} : { word: code }
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>()
  for (const one of all) {
    const same = found.get(keyOf(one))
    if (same) same.push(one)
    else found.set(keyOf(one), [one])
  }
  return found
}

/** `loinc|718-7` → system and code; a word alone is a word; '' is no target. */
export function readTarget(text: string): CodeRow['target'] {
  if (text === '') return undefined
  const bar = text.lastIndexOf('|')
  if (bar < 0) return { code: text }
  const system = systems[text.slice(0, bar).toLowerCase()] ?? text.slice(0, bar)
  if (bar === text.length - 1 || !/^(https?:\/\/|urn:)\S+$/.test(system)) {
    throw new SpecFault(`A target is system|code, the system a url or one of ${Object.keys(systems).join(', ')}.`)
  }
  return { system, code: text.slice(bar + 1) }
}
