import type { Column, ColumnList } from '../columns/column.ts'

export type Kind = 'csv' | 'xlsx' | 'fixed' | 'hl7v2' | 'json' | 'xml' | 'ccda' | 'fhir'

/** What a file shows of itself, in the words of `source:` in a facility file. */
export interface Sample {
  readonly kind: Kind
  readonly bytes: Uint8Array
  readonly encoding: readonly string[]
  readonly separator?: string
  /** Of a workbook: the sheet that holds the records, where it is not the first. */
  readonly sheet?: string
  /** Of trees: where the records are. */
  readonly records?: string
  /** Of fixed columns: name → first-last character, and how many lines stand above the rows. */
  readonly places?: Readonly<Record<string, string>>
  readonly titleRows?: number
  readonly columns: readonly Column[]
  /** Of trees: the lists inside of their records. */
  readonly lists: readonly ColumnList[]
  /** Headers that stand twice: a table may not have those. */
  readonly twins: readonly string[]
  /** HL7 v2: `ADT^A01` … ; FHIR: the types of resources. */
  readonly types: readonly string[]
  /** FHIR: STU3 by what the resources hold; documents as ABDM has them. */
  readonly flavour?: 'document' | 'STU3'
}

/** A sample before its encoding is told. */
export type Shape = Omit<Sample, 'encoding'>

/** A shape that shows nothing but what is given. */
export function shape(kind: Kind, bytes: Uint8Array, shown: Partial<Shape> = {}): Shape {
  return { kind, bytes, columns: [], lists: [], twins: [], types: [], ...shown }
}

/** Nothing can be suggested for the file: what it is instead. */
export class NoSample extends Error {}
