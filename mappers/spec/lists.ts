import { SpecFault } from '../read/source.ts'
import { codeList, readTarget, type CodeRow, type ExtraCodes } from './codes.ts'
import { fault, unknown, type Fault } from './faults.ts'
import type { CodeList } from './function.ts'
import { wordsOf } from './compile/compiler.ts'
import type { Node, Table } from './tree.ts'

export interface Codes {
  list(name: string): CodeList
  /** Lists of codes/ that were asked for, by their name there. */
  readonly used: ReadonlyMap<string, readonly CodeRow[]>
}

/** `codes:` of a file over the lists of codes/: a table of words, or the name of a CSV there. */
export function codesOf(
  node: Node | undefined,
  lists: ReadonlyMap<string, readonly CodeRow[]>,
  faults: Fault[],
  extra?: ExtraCodes,
): Codes {
  const used = new Map<string, readonly CodeRow[]>()
  const made = new Map<string, CodeList>()
  const own = new Map<string, readonly CodeRow[]>()
  const take = (name: string) => {
    const rows = lists.get(name)
    if (rows) used.set(name, rows)
    return rows
  }
  for (const [name, { node: what }] of node?.kind === 'table' ? node.entries : []) {
    if (what.kind === 'table') own.set(name, rowsOf(what, ['codes', name], faults))
    if (what.kind !== 'text') continue
    const rows = take(what.text.replace(/\.csv$/, ''))
    if (rows) own.set(name, rows)
    else faults.push(fault(what.at, ['codes', name], unknown('file in codes/', what.text, csvNames(lists))))
  }
  return {
    used,
    list(name) {
      const known = made.get(name)
      if (known) return known
      const rows = own.get(name) ?? take(name)
      if (!rows) throw new SpecFault(unknown('code list', name, [...own.keys(), ...lists.keys()]))
      const list = codeList(name, rows, extra)
      made.set(name, list)
      return list
    },
  }
}

function csvNames(lists: ReadonlyMap<string, unknown>): string[] {
  return [...lists.keys()].map((name) => `${name}.csv`)
}

function rowsOf(table: Table, path: readonly string[], faults: Fault[]): CodeRow[] {
  return [...table.entries].flatMap(([word, { node }]) => {
    const here = [...path, word]
    return wordsOf(node, here).flatMap(({ text, at }): CodeRow[] => {
      try {
        const target = readTarget(text)
        return [{ word, ...(target && { target }) }]
      } catch (error) {
        if (!(error instanceof SpecFault)) throw error
        faults.push(fault(at, here, error.message))
        return []
      }
    })
  })
}
