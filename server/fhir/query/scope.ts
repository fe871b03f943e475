import type { Definitions } from '../definitions/definitions.ts'
import type { Registry } from '../search/parameter.ts'

/** What reading a search needs besides its text. */
export interface Scope {
  readonly registry: Registry
  /** Tells which elements repeat; without it, date limits are not combined, which is as right and slower. */
  readonly definitions?: Definitions
  /** The server's own FHIR base: absolute references to it are its own resources. */
  readonly base: string
  /** Milliseconds since 1970: what ap measures a date's distance from. */
  readonly now: number
}
