import type { Column, ColumnList } from '../columns/column.ts'
import { kindsNamed } from '../columns/lists.ts'

/** A value of a tree in one form, whether it was JSON or XML: texts, records and lists of them. */
export type Tree = string | readonly Tree[] | Table
export type Table = { readonly [name: string]: Tree }

/** How paths are written. */
export interface PathForm {
  readonly step: (name: string) => string
  readonly between: string
  readonly recordsAt: (names: readonly string[]) => string
  readonly itemsAt: (path: string) => string
}

/** The name of a text that has none of its own. */
export const OWN_TEXT = '#text'

/** Of a list that holds records, so many are looked at. */
const ITEMS = 500

export function isTable(tree: Tree): tree is Table {
  return typeof tree === 'object' && !Array.isArray(tree)
}

interface Leaf {
  readonly names: readonly string[]
  readonly values: string[]
  many: boolean
}

interface Items {
  readonly names: readonly string[]
  readonly rows: Table[]
}

interface Leaves {
  readonly columns: readonly Column[]
  readonly lists: readonly ColumnList[]
}

/** The texts of records by their paths, a column each, and the lists inside of them. */
export function leavesOf(rows: readonly Table[], form: PathForm): Leaves {
  const leaves = new Map<string, Leaf>()
  const lists = new Map<string, Items>()
  const put = (names: readonly string[], value: string, row: number, many = false): void => {
    const path = pathOf(names, form)
    const leaf = leaves.get(path) ?? { names, values: rows.map(() => ''), many }
    leaf.many ||= many
    leaf.values[row] = value
    leaves.set(path, leaf)
  }
  const list = (names: readonly string[], items: readonly Table[]): void => {
    const path = pathOf(names, form)
    lists.set(path, { names, rows: [...(lists.get(path)?.rows ?? []), ...items] })
  }
  const walk = (tree: Tree, names: readonly string[], row: number): void => {
    if (typeof tree === 'string') return put(names, tree, row)
    if (isTable(tree)) return Object.entries(tree).forEach(([name, inner]) => walk(inner, [...names, name], row))
    const tables = tree.filter(isTable)
    const texts = tree.filter((one) => typeof one === 'string')
    if (tables.length > 0) list(names, tables)
    else if (tree.length > 0 && kindsNamed(names.at(-1) ?? '').length > 0)
      list(
        names,
        texts.map((text) => ({ [OWN_TEXT]: text })),
      )
    else if (tree.length > 0) put(names, texts.join(', '), row, true)
  }
  rows.forEach((row, at) => walk(row, [], at))
  const within = [...lists.keys()]
  const outside = [...leaves].filter(
    ([path]) => !within.some((above) => path === above || path.startsWith(`${above}${form.between}`)),
  )
  return { columns: labelled(outside), lists: [...lists].map(([path, items]) => listOf(path, items, form)) }
}

function pathOf(names: readonly string[], { step, between }: PathForm): string {
  return names.map(step).join(between)
}

function listOf(path: string, { names, rows }: Items, form: PathForm): ColumnList {
  const name = names.at(-1) ?? ''
  const inner = { ...form, step: (part: string) => (part === OWN_TEXT ? '.' : form.step(part)) }
  const { columns } = leavesOf(rows.slice(0, ITEMS), inner)
  const [first] = columns
  const bareTexts = columns.length === 1 && first?.path === '.'
  return { path: form.itemsAt(path), name, columns: bareTexts ? [{ ...first, header: name }] : columns }
}

/** Names that say nothing without the one above them. */
const UNCLEAR =
  /^(name|nm|id|no|code|date|dt|text|value|type|number|num|status|at|time|display|title|phone|address|sex|gender|age)$/i

/** What a leaf is recognised by: its own name, with the one above where it says nothing alone or stands twice. */
function labelled(leaves: readonly (readonly [path: string, leaf: Leaf])[]): Column[] {
  const last = leaves.map(([, { names }]) => plainName(names.at(-1)))
  return leaves.map(([path, { names, values, many }], at) => {
    const own = last[at] ?? ''
    const unclear = UNCLEAR.test(own) || last.filter((one) => one === own).length > 1
    const header = unclear ? `${plainName(names.at(-2))} ${own}`.trim() : own
    return { path, header, values, ...(many && { many }) }
  })
}

/** Without the mark of an attribute or a text. */
function plainName(name = ''): string {
  return name.replace(/^[@#]/, '')
}
