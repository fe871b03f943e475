import type { Clear } from '../canonical.ts'
import type { Issue } from '../issues.ts'
import type { Facility, Limits, MappedRecord } from '../mapping.ts'

/** What a path found: text, or a node that a function of the same source kind understands (an HL7 field, a JSON value). */
export type Raw = string | object | number | boolean

/** Bytes of a file as they come; readers keep no more of it than the record at hand. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * A record as it was found. `item` is what paths are asked on; absent when it could not be read (`issues` says why) or
 * is none (`ignored` says which rule: a title row, a footer, a blank line).
 */
export interface Unit<Item> {
  readonly item?: Item
  /** Physical line, from 1, where the record begins; the record's number where there are no lines. */
  readonly line: number
  /** As sent, for errors.csv and for fingerprints; a string that is made only when asked. */
  readonly raw: () => string
  readonly issues: readonly Issue[]
  readonly ignored?: string
}

/** What is the same for all records of one file; read after the first batch. */
export interface Seen {
  /** Findings about the file as a whole (HDR_NEW, ENC_FALLBACK). */
  readonly issues: Issue[]
  /** Of tables: the header's cells, for errors.csv. */
  header?: readonly string[]
  /** Of tables whose raw rows are cells already: what stands between them. Absent (fixed width): a raw row is one text. */
  separator?: string
  /** Of workbooks: the year that their day numbers count from. */
  epoch?: 1900 | 1904
}

/**
 * A kind of source (csv, hl7v2, json …): how its files become records, and how a path of the spec becomes a closure.
 * Made once per mapping by `open`; paths are compiled before anything is read.
 */
export interface Source<Item> {
  /**
   * Compiles `from:`. `within` is the item kind that an `each` made (undefined: the record). Unknown words: a thrown SpecFault.
   * CLEAR (HL7 v2: `""`) goes to the field as it is; no function sees it.
   */
  path(text: string, within?: Within): (item: Item) => Raw | readonly Raw[] | Clear | undefined
  /** The text of a node that a path found, for functions that take text; left out where every node is text. */
  text?(raw: object): string | Clear | undefined
  /** The physical line where an item of an `each` stands, when it is not that of the record. */
  lineOf?(item: Item): number | undefined
  /** Compiles `each:` → the items of a repeating group. */
  each(each: Each, within?: Within): { readonly within: Within; readonly items: (item: Item) => readonly Item[] }
  /** Compiles `when:` beyond what the spec does itself (message type …); answers the record's kind for `routes:`. */
  route?(item: Item): string
  /** Records in batches (a batch is a turn of the event loop, not a unit of meaning). Throws FileStop. */
  read(bytes: Bytes, seen: Seen): AsyncIterable<readonly Unit<Item>[]>
  /** Of sources whose records are FHIR already: what a record comes to, with no bindings and no canonical record. */
  direct?(item: Item, about: DirectAbout): Direct
}

/** What `direct` may know besides the record. */
export interface DirectAbout {
  readonly facility: Facility
  readonly receivedAt: Date
}

/** `state` and `fingerprint` are the compiler's: an issue of level error quarantines the record. */
export type Direct = Pick<
  MappedRecord,
  'key' | 'lane' | 'issues' | 'resources' | 'removes' | 'merges' | 'needs' | 'unmapped'
> & { readonly at?: string; readonly ignored?: string }

/** `source:` of a facility file, the same for all kinds; kinds.ts says which of them a kind understands. */
export interface SourceOptions {
  readonly kind: string
  readonly encoding?: readonly string[]
  readonly separator?: string
  readonly sheet?: string
  readonly records?: string
  readonly columns?: Readonly<Record<string, string>>
  readonly legacyFont?: Readonly<Record<string, string>>
  readonly dates: 'day-first' | 'month-first' | 'year-first'
  readonly zone: string
  readonly headerAliases?: Readonly<Record<string, string>>
  readonly ignoreColumns?: readonly string[]
  readonly titleRows?: number
  readonly footer?: readonly string[]
  readonly repair?: boolean
  /** hl7v2: segments that are left out without a word; any other that no path names is told. Unset: none is. */
  readonly ignoreSegments?: readonly string[]
  /** fhir: which mends are made (read/fhir/fixes.ts); all, when unset. */
  readonly fixes?: readonly string[]
  /** fhir: what is sent, where the resources do not tell themselves. */
  readonly version?: 'R4' | 'STU3'
}

/** What a source may ask when it is opened. */
export interface SourceTools {
  readonly limits: Limits & ColumnRules
  /** Where the file binds a path (`csv-opd.yaml:14`), for HDR_MISSING; answers once all paths are compiled. */
  boundAt(path: string): string | undefined
}

export interface ColumnRules {
  readonly newColumn: 'warn' | 'ignore' | 'stop-file'
  readonly missingBoundColumn: 'stop-file' | 'warn'
}

/** Opaque to the spec: what a source needs to compile paths inside of an `each`. */
export type Within = object

/** The forms of `each:`; a source refuses those that mean nothing to it. Columns and tables of words are the spec's own. */
export type Each =
  | { readonly kind: 'path'; readonly path: string }
  /** HL7 v2: each such segment. */
  | { readonly kind: 'segment'; readonly segment: string }
  /** HL7 v2: from a head segment, with the segments it takes, until one of another group. */
  | {
      readonly kind: 'group'
      readonly head: readonly string[]
      readonly take: readonly string[]
      readonly until: readonly string[]
    }

/** A fault in a facility file: which line, what, and the nearest right word. */
export class SpecFault extends Error {
  constructor(
    message: string,
    /** Set where the fault is found or added by the loader: the YAML path (`bind.patient.name.as`). */
    readonly at?: string,
  ) {
    super(message)
  }
}
