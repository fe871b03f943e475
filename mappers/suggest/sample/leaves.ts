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

/** A list that was met in the records, the items of all of them together. */
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
  const walk = new Walk(rows.length, form)
  rows.forEach((row, at) => walk.take(row, [], at))
  const lists = [...walk.lists]
  const isInside = (path: string) => lists.some(([list]) => path === list || path.startsWith(`${list}${form.between}`))
  return {
    columns: labelled([...walk.leaves].filter(([path]) => !isInside(path))),
    lists: lists.map(([path, items]) => listOf(path, items, form)),
  }
}

/** Gathers what stands in records, each by its path. */
class Walk {
  readonly leaves = new Map<string, Leaf>()
  readonly lists = new Map<string, Items>()

  constructor(
    private readonly rows: number,
    private readonly form: PathForm,
  ) {}

  take(tree: Tree, names: readonly string[], row: number): void {
    if (typeof tree === 'string') this.put(names, row, { value: tree })
    else if (!isTable(tree)) this.takeList(tree, names, row)
    else for (const [name, inner] of Object.entries(tree)) this.take(inner, [...names, name], row)
  }

  /** Records are items, and so are bare words where the list is known by its name; other words are one value. */
  private takeList(list: readonly Tree[], names: readonly string[], row: number): void {
    if (list.length === 0) return
    const tables = list.filter(isTable)
    if (tables.length > 0) return this.add(names, tables)
    const texts = list.filter((one) => typeof one === 'string')
    const isKnown = kindsNamed(names.at(-1) ?? '').length > 0
    if (!isKnown) return this.put(names, row, { value: texts.join(', '), many: true })
    const items = texts.map((text): Table => ({ [OWN_TEXT]: text }))
    this.add(names, items)
  }

  private add(names: readonly string[], items: readonly Table[]): void {
    const path = this.pathOf(names)
    const list = this.lists.get(path) ?? { names, rows: [] }
    for (const one of items) list.rows.push(one)
    this.lists.set(path, list)
  }

  private put(names: readonly string[], row: number, { value, many = false }: { value: string; many?: boolean }): void {
    const path = this.pathOf(names)
    const leaf = this.leaves.get(path) ?? { names, values: Array.from({ length: this.rows }, () => ''), many }
    leaf.many ||= many
    leaf.values[row] = value
    this.leaves.set(path, leaf)
  }

  private pathOf(names: readonly string[]): string {
    return names.map(this.form.step).join(this.form.between)
  }
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
