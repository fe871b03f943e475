import type { Column, Unbound } from './column.ts'
import type { Guess } from './recognise.ts'

/**
 * A column, what it means in this sample, and why. Beside the lexicon's fields there are `test`, a column that is a test of
 * its own, and `immunization.day`, the day on which the vaccine was given that heads it.
 */
export interface Finding extends Column, Guess {
  /** Of a test: its LOINC code, where one is known. */
  readonly loinc?: string
}

/** The columns of a sample whose meaning is known, in their order. */
export class Findings {
  constructor(readonly all: readonly Finding[]) {}

  of(field: string): Finding | undefined {
    return this.all.find((one) => one.field === field)
  }

  /** The first of these fields that there is. */
  firstOf(...fields: readonly string[]): Finding | undefined {
    return fields.flatMap((field) => this.of(field) ?? [])[0]
  }

  allOf(field: string): readonly Finding[] {
    return this.all.filter((one) => one.field === field)
  }

  has(...fields: readonly string[]): boolean {
    return this.all.some(({ field }) => fields.includes(field))
  }
}

/** What is known of a sample's columns. */
export interface Recognised {
  readonly found: Findings
  readonly unbound: readonly Unbound[]
}
