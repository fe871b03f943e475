import type { CodeLists } from './code-lists.ts'
import type { Column, ColumnList } from './column.ts'
import type { Findings } from './finding.ts'
import { findingsOf } from './findings.ts'

/** What a list inside of a tree's record may be, by its name; a bare `name` in it is the name of its noun. */
// prettier-ignore
const kinds = [
  { group: 'medication', name: /rx|med|drug|presc|dawa|दवा/i, noun: 'drug' },
  { group: 'problem', name: /diag|dx|problem|disease|निदान|rog/i, noun: 'diagnosis' },
  { group: 'result', name: /lab|test|result|invest|janch|जांच|observ/i, noun: 'test' },
  { group: 'order', name: /lab|test|invest|order|advice|janch|जांच/i, noun: 'test' },
  { group: 'allergy', name: /allerg|एलर्जी/i, noun: 'allergy' },
  { group: 'procedure', name: /proced|surger|operat/i, noun: 'procedure' },
  { group: 'immunization', name: /vacc|immun|टीक/i, noun: 'vaccine' },
] as const

export type ListedKind = (typeof kinds)[number]

/** What a list of this name may be, the likeliest first. */
export function kindsNamed(name: string): readonly ListedKind[] {
  return kinds.filter((kind) => kind.name.test(name))
}

/** Whether the items of a list are results of tests. */
export function isResults(list: ColumnList): boolean {
  const [kind] = kindsNamed(list.name)
  if (kind?.group !== 'result') return false
  const items = itemsOf(list, kind, new Map())
  return items.has('result.code') && items.has('result.value')
}

const BARE = /^(name|nm|code|text|title|value|description)$/i

/** What the columns of a list mean, those with a bare name (`name`, `code`) by what the list is of. */
export function itemsOf({ columns }: ColumnList, { noun }: ListedKind, lists: CodeLists): Findings {
  const headed = (column: Column): string => {
    // A list of bare words: dx: ["Fever", "Cough"].
    if (column.path === '.' && columns.length === 1) return noun
    // The text of an element that says what it is of in an attribute: <Lab name="Hb">11.2</Lab>.
    if (column.path === '.' && noun === 'test') return 'test value'
    return BARE.test(column.header.trim()) ? `${noun} ${column.header.trim()}` : column.header
  }
  const named = columns.map((column) => ({ ...column, header: headed(column) }))
  return findingsOf(named, lists).found
}
