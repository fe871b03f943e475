import type { Code } from '../issues.ts'

/** What came of reading a value: it, or why there is none. Some values are kept in spite of a fault (`value` and `fault`). */
export interface Reading<T> {
  readonly value?: T
  readonly fault?: Code
  /** Added to the fault's message: rules and names, never the value. */
  readonly detail?: string
}
