import type { CodeRow } from './codes.ts'
import type { Table } from './tree.ts'

/** A facility's file with all that it extends, merged; every node knows its line. */
export interface Effective {
  readonly slug: string
  readonly root: Table
  /** The code lists of codes/ by name; a frozen one holds those that it uses. */
  readonly lists: ReadonlyMap<string, readonly CodeRow[]>
}
