import { fold, type CodeRow } from '../../spec/codes.ts'
import type { Column } from './column.ts'

/** The code lists of codes/, by their names. */
export type CodeLists = ReadonlyMap<string, readonly CodeRow[]>

/** What a code list may be of, with the systems that its codes are from. */
const systems = {
  diagnosis: /icd|snomed/,
  drug: /atc|whocc|snomed|drug/,
  test: /loinc/,
} as const

export type ListKind = keyof typeof systems

/** The code lists that bindings may ask for; `outcome`: the file itself lists words for how stays ended. */
export type CodeNames = { readonly [kind in ListKind | 'outcome']?: string | undefined }

/** The list that knows the most of the words in these columns, when it knows at least a third of them. */
export function listFor(kind: ListKind, columns: readonly Column[], lists: CodeLists): string | undefined {
  const words = [...new Set(columns.flatMap(({ values }) => values.map(fold)).filter(Boolean))]
  if (words.length === 0) return undefined
  const scored = [...lists]
    .filter(([, rows]) => isOf(kind, rows))
    .map(([name, rows]) => {
      const known = new Set(rows.map(({ word }) => fold(word)))
      return { name, share: words.filter((word) => known.has(word)).length / words.length }
    })
  const best = scored.toSorted((a, b) => b.share - a.share)[0]
  return best && best.share >= 1 / 3 ? best.name : undefined
}

function isOf(kind: ListKind, rows: readonly CodeRow[]): boolean {
  const fitting = rows.filter(({ target }) => target?.system !== undefined && systems[kind].test(target.system))
  return fitting.length >= rows.length / 2
}

const LOINC = 'http://loinc.org'

/** Every word of a code list for tests, in both columns, that means one LOINC code. */
export function testCodes(lists: CodeLists): ReadonlyMap<string, string> {
  const codes = new Map<string, string>()
  for (const rows of lists.values()) {
    for (const { word, display, target } of rows) {
      if (target?.system !== LOINC) continue
      for (const name of [word, display ?? '']) if (name && !codes.has(fold(name))) codes.set(fold(name), target.code)
    }
  }
  return codes
}
