import type { Database } from '../db/database.ts'
import type { Registry } from '../fhir/search/parameter.ts'
import type { Log } from '../log.ts'
import type { Journal } from '../store/journal.ts'

/** What is asked for, as far as access and audit go by it: the row of the routes table and what it resolved to. */
export interface Asked {
  /** The row's code: a FHIR interaction or an operation. */
  readonly code: string
  readonly level: 'instance' | 'type' | 'system'
  readonly request: {
    readonly method: string
    readonly path: readonly string[]
    readonly query: readonly (readonly [string, string])[]
  }
  readonly target: {
    readonly type?: string
    readonly id?: string
    readonly version?: string
    readonly compartment?: string
  }
}

/** How a visit ended. `code`: what was done, where the route does not say; `sent`: part of the answer had left when it failed. */
export type Outcome = { readonly status: number; readonly code?: string | undefined } | Failure

export interface Failure {
  readonly error: unknown
  readonly sent?: boolean
}

/** What access needs of the house. */
export interface Premises {
  readonly db: Database
  readonly journal: Pick<Journal, 'append'>
  readonly registry: Registry
  readonly log: Log
}
