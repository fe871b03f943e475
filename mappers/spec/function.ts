import type { Code, Level } from '../issues.ts'
import type { Coded, Kind } from '../canonical.ts'
import type { Raw } from '../read/source.ts'

/**
 * A function of the spec (`as: trim`, `as: { date: ["d/M/yyyy"] }`): one row of functions.ts. It is made once, when the
 * file is compiled (a wrong option is a SpecFault there), and called for each value.
 */
export interface Fn {
  readonly name: string
  /** One line for people: `facility explain` and the docs print it. */
  readonly about: string
  /** text: blank is never handed over, and what is no text was turned into it; raw: the source's own node. */
  readonly takes: 'text' | 'raw'
  /** What comes out, checked against the field's kind when the file is compiled; any: what `Tools.wants` asks for. */
  readonly gives: Kind | 'any'
  /** Gives an array: for fields that repeat, or for `first`. */
  readonly many?: boolean
  /** JSON Schema of its option; absent: it takes none. */
  readonly option?: object
  make(option: unknown, tools: Tools): (value: Raw, cell: Cell) => unknown
}

/** What a function may ask while it is made. */
export interface Tools {
  /** A path of the same record, for `age-at: "दिनांक"`. */
  path(text: string): (item: unknown) => Raw | undefined
  /** A code list of the file (`codes:`) or of codes/: words are folded (case, blanks, NFC). Unknown list: SpecFault. */
  codes(list: string): CodeList
  /** source.dates and source.zone */
  readonly dates: 'day-first' | 'month-first' | 'year-first'
  readonly zone: string
  /** The kind of the field it is bound to: `code` gives a word to a text or sex, a Coded to a coded. */
  readonly wants: Kind
  fault(message: string): never
}

/** What a function knows while it runs; `undefined` is the answer for "nothing", and `report` says why. */
export interface Cell {
  readonly item: unknown
  readonly receivedAt: Date
  /** Marks the value. The binding's onBad and need decide whether the record goes on, unless `level` says so. */
  report(code: Code, about?: { readonly value?: string; readonly detail?: string; readonly level?: Level }): void
  /** For the work-list. */
  unmapped(list: string, code: string, text?: string): void
  /** Where functions keep what must hold for a whole file (a column that proves both date orders). */
  readonly file: Map<string, unknown>
  /** Of a workbook: the year that its day numbers count from. */
  readonly epoch?: 1900 | 1904 | undefined
  /** The binding's column or path, for messages. */
  readonly column: string
}

export interface CodeList {
  readonly name: string
  find(word: string): Found
}

/** none: not in the list; silent: listed with an empty target, so there is none and nobody need look for it. */
export type Found =
  | { readonly kind: 'one'; readonly word?: string; readonly coded: Coded }
  | { readonly kind: 'none' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'ambiguous' }
