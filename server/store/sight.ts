import type { Criterion } from '../fhir/query/plan.ts'
import type { Row } from './types.ts'

/**
 * What of the record a caller sees, as data. `access` makes it, every statement that reads resources for a caller carries
 * it (`seenInSql`), and every row that leaves is held against it once more (`sees`): two walls, one rule.
 */
export type Sight = 'all' | readonly Glimpse[]

/** One reason to see something: a row is seen when all members of one glimpse let it pass. */
export interface Glimpse {
  readonly tier: Tier
  /** Numbers of types (fhir/types.ts), sorted; absent: all. */
  readonly types?: readonly number[]
  /** Key of the facility whose own the row is: `rid('Organization', id)`; 0n: nobody's, the city's. */
  readonly facility?: bigint
  /** The row is in the compartment of exactly one of these Patients. */
  readonly patients?: readonly bigint[]
  /** Sensitive labels that hide a row (fhir/privacy/labels.ts). */
  readonly withheld: number
  /** Days since 1970 (Asia/Kolkata) of the row, inclusive; a row without a day does not pass. */
  readonly days?: { readonly from: number; readonly to: number }
  /** Of a scope with search parameters. */
  readonly where?: Criterion
}

/** Why somebody sees something: what everybody may know, the facility's own, care, consent, an emergency, or the patient's own. */
export type Tier = 'public' | 'own' | 'care' | 'consent' | 'break-glass' | 'self'

/** Everything about a row that a sight is decided by. */
export type Seen = Pick<Row, 'rid' | 'type' | 'facility' | 'patient' | 'labels' | 'day'>
