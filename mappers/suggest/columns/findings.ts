import type { CodeLists } from './code-lists.ts'
import type { Column } from './column.ts'
import { withoutShared } from './doubts.ts'
import { Findings, type Finding, type Recognised } from './finding.ts'
import { measured, testColumns, vaccineDay } from './measured.ts'
import { recognise } from './recognise.ts'
import { settled } from './settle.ts'

/**
 * What the columns mean: first each by itself (tests by the code lists and their usual names, all others by the lexicon and
 * their values), then with regard to the others. `results`: lists inside of the records hold results of tests.
 */
export function findingsOf(columns: readonly Column[], lists: CodeLists, inside = { results: false }): Recognised {
  const tests = testColumns(columns, lists)
  const guesses = recognise(columns.filter(({ path }) => !tests.has(path)))
  const byHeader = new Map(guesses.map((guess) => [guess.header, guess]))
  const found: Finding[] = []
  const unknown: Column[] = []
  for (const column of columns) {
    const guess = vaccineDay(column) ?? tests.get(column.path) ?? byHeader.get(column.header) ?? measured(column)
    if (guess) found.push({ ...column, ...guess })
    else unknown.push(column)
  }
  const told = settled(new Findings(found), inside.results)
  const sure = withoutShared(told.found)
  return { found: sure.found, unbound: [...unknown, ...told.unbound, ...sure.unbound] }
}
