import { listFor, type CodeLists, type CodeNames } from '../../columns/code-lists.ts'
import type { ColumnList, Unbound } from '../../columns/column.ts'
import { itemsOf, kindsNamed, type ListedKind } from '../../columns/lists.ts'
import { binding } from '../binding.ts'
import { line, quoted, under, type Line, type Lines } from '../lines.ts'
import { recipes, type Column, type Items, type Recipe } from './recipes.ts'

/** What the lists in a tree's record come to: medicines, diagnoses, results. */
export interface Listed {
  readonly lines: readonly Line[]
  /** The list of results, to stand where results stand. */
  readonly results: readonly Lines[]
  readonly codes: CodeNames
  /** Lists that are nothing of these, and what nobody reads of one. */
  readonly unused: readonly Unbound[]
}

/** Bindings for the lists of a record; the first that makes a group has it. */
export function listLines(all: readonly ColumnList[], lists: CodeLists): Listed {
  const made = new Map<ListedKind['group'], Made>()
  const unused: Unbound[] = []
  for (const list of all) {
    const free = kindsNamed(list.name).filter(({ group }) => !made.has(group))
    const one = free.flatMap((kind) => madeOf(list, kind, lists) ?? [])[0]
    if (one) made.set(one.group, one)
    const left = list.columns.filter(({ path }) => !one?.used.has(path))
    unused.push(...left.map((column) => ({ ...column, path: `${list.path} ${column.path}` })))
  }
  const groups = [...made.values()]
  return {
    lines: groups.filter(({ group }) => group !== 'result').flatMap(({ group, lines }) => under(group, lines)),
    results: groups.filter(({ group }) => group === 'result').map(({ lines }) => lines),
    codes: Object.fromEntries(groups.flatMap(({ codes }) => Object.entries(codes)).filter(([, name]) => name)),
    unused,
  }
}

interface Made {
  readonly group: ListedKind['group']
  readonly lines: readonly Line[]
  readonly codes: CodeNames
  /** Paths of the columns that it reads. */
  readonly used: ReadonlySet<string>
}

function madeOf(list: ColumnList, kind: ListedKind, lists: CodeLists): Made | undefined {
  const found = itemsOf(list, kind, lists)
  const items: Items = {
    of: (...fields) => found.firstOf(...fields),
    called: (pattern) => {
      const column = list.columns.find(({ header, path }) => pattern.test(header.trim()) || pattern.test(path))
      return column && { ...column, confidence: 0, why: 'by its name' }
    },
    listFor: (name, column) => listFor(name, [column], lists),
  }
  const recipe = recipes[kind.group](items)
  if (!recipe) return undefined
  const { lines, used } = boundBy(recipe)
  return {
    group: kind.group,
    codes: recipe.codes ?? {},
    used,
    lines: [line(`each: { path: ${quoted(list.path)} }`), ...lines],
  }
}

/** The bindings of a recipe: each column serves the first field that asks for it. */
function boundBy({ fields, besides = [], more = [] }: Recipe): Pick<Made, 'lines' | 'used'> {
  const used = new Set<string>()
  const lines = fields.flatMap(({ name, columns, as, join }) => {
    const free: Column[] = []
    for (const column of columns) {
      if (!column || used.has(column.path)) continue
      used.add(column.path)
      free.push(column)
    }
    if (free.length === 0) return []
    return binding(name, free, { as, join: free.length > 1 ? join : undefined })
  })
  for (const column of besides) if (column) used.add(column.path)
  return { lines: [...lines, ...more], used }
}
