import type { ResourceType } from '@medplum/fhirtypes'
import type { Context } from '../context.ts'
import type { Queryable } from '../db/database.ts'
import type { Sight } from '../store/sight.ts'
import type { Row, Write } from '../store/types.ts'

/**
 * One visit to the desk: who asks, what of the record they see, what they may write, and notes of what they did see and
 * write. Every interaction is handed one; every function that reads resources for a caller takes its `sight`.
 */
export interface Visit extends Context {
  readonly sight: Sight
  /**
   * There when the sight does not yet hold what care, consents and emergencies open, for that takes a statement: the
   * sight with all that they open of these Patients' people. Ask with the Patients of the rows that `sight` does not
   * show (see.ts); inside a transaction hand it over.
   */
  readonly widen?: Widen
  /** There with `widen`: reads a current version together with what mostly shows it. */
  readonly look?: Look
  readonly pen: Pen
  readonly notes: Notes
}

export type Look = (type: ResourceType, id: string) => Promise<Looked>

export interface Looked {
  /** The current version, whether it is seen or not. */
  readonly row: Row | undefined
  /** What shows it, where the sight of the visit does not. */
  readonly sight?: Sight
}

export type Widen = (patients: readonly bigint[], db?: Queryable) => Promise<Sight>

/** What a caller may write. Beyond it a write is refused: 404 where existence would leak, else 403. */
export interface Pen {
  /** Whose own a new resource is: `rid('Organization', id)`, or 0n the city's. */
  readonly owner: bigint
  /** Undefined: everything, also what others wrote (the open door, the server itself). */
  readonly limits?: PenLimits
}

export interface PenLimits {
  /** By verb (c u d; patch is u): numbers of types, sorted. */
  readonly types: Readonly<Record<'c' | 'u' | 'd', readonly number[]>>
  /** Only resources in the compartment of exactly one of these Patients, or one of them itself (patients' own writing). */
  readonly patients?: readonly bigint[]
  /** Whose ever they are, in no Patient's compartment: who keeps the directory and the definitions for all. */
  readonly everyones?: true
  /** Under ids that the server derives, too: its own hand, in somebody's name (interactions/documents). */
  readonly derives?: true
}

/** What the audit of a visit is written from. Rows are noted when they leave the desk, writes when they are decided on. */
export interface Notes {
  saw(rows: readonly Row[]): void
  wrote(writes: readonly Write[]): void
  /** The code given for opening a record in an emergency. */
  because(reason: string): void
  /** After the write statements of every write transaction of this visit, inside it; again when it is run again. */
  inTransaction(tx: Queryable): Promise<void>
}

/** Of the open door and the server itself: everything seen, nothing noted. */
export function everythingSeen(context: Context, owner = 0n): Visit {
  return visitOf(context, { sight: 'all', pen: { owner }, notes: silent })
}

interface Parts extends Pick<Visit, 'sight' | 'pen' | 'notes'> {
  readonly widen?: Widen | undefined
  readonly look?: Look | undefined
}

export function visitOf(context: Context, parts: Parts): Visit {
  return new MadeVisit(context, parts)
}

/** The signal is made when it is asked for, so it is not copied. */
class MadeVisit implements Visit {
  readonly requestId: string
  readonly actor: Visit['actor']
  readonly base: string
  readonly sight: Sight
  readonly pen: Pen
  readonly notes: Notes
  declare readonly widen?: Widen
  declare readonly look?: Look
  readonly #context: Context

  constructor(context: Context, { sight, widen, look, pen, notes }: Parts) {
    this.requestId = context.requestId
    this.actor = context.actor
    this.base = context.base
    this.sight = sight
    this.pen = pen
    this.notes = notes
    if (widen) this.widen = widen
    if (look) this.look = look
    this.#context = context
  }

  get signal(): AbortSignal | undefined {
    return this.#context.signal
  }
}

/** Notes that nobody takes; whoever is handed them may write without a transaction around it. */
export const silent: Notes = {
  saw: () => undefined,
  wrote: () => undefined,
  because: () => undefined,
  inTransaction: async () => undefined,
}
