/** A column of a table or a leaf of a tree: `path` is what a binding says, `header` what it is recognised by. */
export interface Column {
  readonly path: string
  readonly header: string
  readonly values: readonly string[]
  /** Of a tree: the path finds several values. */
  readonly many?: boolean
}

/** A column that nothing is bound to, and why, where there is a reason. */
export interface Unbound extends Column {
  readonly reason?: string
}

/** A list inside of a tree's record: `path` finds its items, the paths of its columns begin there. */
export interface ColumnList {
  readonly path: string
  readonly name: string
  readonly columns: readonly Column[]
}
