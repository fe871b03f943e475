import type { Coded } from '../canonical.ts'
import type { CodeList, Found } from '../spec/function.ts'
import { systemOf } from './systems.ts'

/** A line of a code list: what the facility writes, and what it means. */
export interface CodeRow {
  readonly local: string
  readonly display?: string
  /** `system|code`, a plain word (`male`), or '': there is none, and nobody need look for it. */
  readonly target: string
  /** Of several targets in one system the smallest wins. */
  readonly priority?: number
}

interface Target {
  readonly system?: string
  readonly code: string
  readonly priority: number
}

interface Entry {
  readonly display?: string
  readonly targets: Target[]
}

/** Words are compared without regard to case, blanks and ways to compose a letter. */
export function fold(word: string): string {
  return word.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase()
}

/** Throws an Error with what is wrong, for the loader to say where. */
export function makeCodeList(name: string, rows: readonly CodeRow[]): CodeList {
  const byCode = new Map<string, Entry>()
  const displays = new Map<string, Set<Entry>>()
  for (const row of rows) {
    const key = fold(row.local)
    if (key === '') throw new Error(`The code list ${name} has a row without a local code.`)
    let entry = byCode.get(key)
    if (!entry) byCode.set(key, (entry = { ...(row.display && { display: row.display }), targets: [] }))
    if (row.target !== '') entry.targets.push(targetOf(name, row))
    if (row.display) displays.set(fold(row.display), (displays.get(fold(row.display)) ?? new Set()).add(entry))
  }
  const found = new Map<Entry, Found>([...byCode.values()].map((entry) => [entry, answer(entry)]))
  const byDisplay = new Map([...displays].map(([word, entries]) => [word, ofAll([...entries], found)]))
  return {
    name,
    find(word) {
      const key = fold(word)
      const entry = byCode.get(key)
      return (entry && found.get(entry)) ?? byDisplay.get(key) ?? NONE
    },
  }
}

const NONE: Found = { kind: 'none' }

function targetOf(name: string, { local, target, priority = Number.MAX_SAFE_INTEGER }: CodeRow): Target {
  const bar = target.lastIndexOf('|')
  if (bar < 0) return { code: target, priority }
  const system = systemOf(target.slice(0, bar))
  if (system === undefined || bar === target.length - 1) {
    throw new Error(`The code list ${name} says \`${target}\` for \`${local}\`: write system|code, or a plain word.`)
  }
  return { system, code: target.slice(bar + 1), priority }
}

/** One target in each system; two with equal right in one system are ambiguous. */
function answer({ display, targets }: Entry): Found {
  if (targets.length === 0) return { kind: 'silent' }
  const codings: Coded['codings'][number][] = []
  let word: string | undefined
  for (const system of new Set(targets.map((target) => target.system))) {
    const own = targets.filter((target) => target.system === system)
    const first = Math.min(...own.map(({ priority }) => priority))
    const codes = new Set(own.filter(({ priority }) => priority === first).map(({ code }) => code))
    if (codes.size > 1) return { kind: 'ambiguous' }
    const [code = ''] = codes
    if (system === undefined) word = code
    else codings.push({ system, code })
  }
  const text = display ?? word
  return { kind: 'one', ...(word !== undefined && { word }), coded: { ...(text && { text }), codings } }
}

/** A text that stands beside several codes: one answer if all of them mean the same. */
function ofAll(entries: readonly Entry[], answers: ReadonlyMap<Entry, Found>): Found {
  const distinct = new Map(entries.map((entry) => [JSON.stringify(answers.get(entry)), answers.get(entry) ?? NONE]))
  const [only = NONE] = distinct.values()
  return distinct.size > 1 ? { kind: 'ambiguous' } : only
}
