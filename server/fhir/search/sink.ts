import type { Parameter } from './parameter.ts'
import type { Local } from './references.ts'

/**
 * Where the values of a resource go, in words: to the stored entries (collect.ts), to a sort key (sort.ts), to a
 * composite (composite.ts), or to a test that shows them.
 */
export interface Sink {
  /** A token in all its written forms, without hashing. */
  token(parameter: Parameter, text: string): void
  /** A display text of a token: :text. */
  text(parameter: Parameter, text: string): void
  /** A resource of this server. */
  reference(parameter: Parameter, to: Local): void
  uri(parameter: Parameter, uri: string): void
  string(parameter: Parameter, text: string): void
  date(parameter: Parameter, low: number, high: number): void
  /** `unit` is `system|code` or `|unit`. */
  number(parameter: Parameter, low: number, high: number, unit: string | undefined): void
}

/** Hands the parts of one value to the sink; `value` is JSON of the type the emitter was chosen for, or anything at all. */
export type Emit = (value: unknown, parameter: Parameter, sink: Sink) => void
