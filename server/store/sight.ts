import type { Criterion } from '../fhir/query/plan.ts'
import { typeNumber } from '../fhir/types.ts'
import type { Row } from './types.ts'

/**
 * What of the record a caller sees, as data. `access` makes it, every statement that reads resources for a caller carries
 * it (search/seen.ts), and every row that leaves is held against it once more (`sees`): two walls, one rule.
 */
export type Sight = 'all' | readonly Glimpse[]

/** One reason to see something: a row is seen when all members of one glimpse let it pass. */
export interface Glimpse {
  readonly tier: Tier
  /** Numbers of types (fhir/types.ts), sorted; absent: all. */
  readonly types?: readonly number[]
  /** Key of the facility whose own the row is: `rid('Organization', id)`; 0n: nobody's, the city's. */
  readonly facility?: bigint
  /** The row is in the compartment of exactly one of these Patients, or is one of them; `[0n]`: it is in nobody's. */
  readonly patients?: readonly bigint[]
  /** Sensitive labels that hide a row (fhir/privacy/labels.ts). */
  readonly withheld: number
  /** Days since 1970 (Asia/Kolkata) of the row, inclusive; a row without a day does not pass. */
  readonly days?: { readonly from: number; readonly to: number }
  /** Of a scope with search parameters. */
  readonly where?: Criterion
}

/** Why somebody sees something: what everybody may know, the facility's own, care, consent, an emergency, or the patient's own. */
export type Tier = 'public' | 'own' | 'booking' | 'care' | 'consent' | 'break-glass' | 'self'

/** Everything about a row that a sight is decided by. */
export type Seen = Pick<Row, 'rid' | 'type' | 'facility' | 'patient' | 'labels' | 'day'>

/**
 * By which tier a row is seen, by the first glimpse that shows it; undefined when by none. It goes by columns alone and takes
 * every `where` for fulfilled: whether it is, only a statement can say (seen.ts).
 */
export function sees(sight: Sight, row: Seen): Tier | undefined {
  if (sight === 'all') return 'public'
  const type = typeNumber(row.type)
  for (const glimpse of sight) if (passes(glimpse, row, type)) return glimpse.tier
  return undefined
}

/** The sight without what only a statement can decide. */
export function byColumns(sight: Sight): Sight {
  if (sight === 'all' || sight.every(({ where }) => where === undefined)) return sight
  return sight.filter(({ where }) => where === undefined)
}

/** What rules most out comes first: a whole record is held against each glimpse, row by row. */
function passes({ types, facility, patients, withheld, days }: Glimpse, row: Seen, type: number): boolean {
  return (
    (row.labels & withheld) === 0 &&
    (facility === undefined || facility === row.facility) &&
    (patients === undefined || isAmong(patients, type === PATIENT ? row.rid : row.patient)) &&
    (types === undefined || types.includes(type)) &&
    (days === undefined || (row.day !== null && row.day >= days.from && row.day <= days.to))
  )
}

const PATIENT = typeNumber('Patient')
const FEW = 16
const sets = new WeakMap<readonly bigint[], ReadonlySet<bigint>>()

function isAmong(patients: readonly bigint[], patient: bigint): boolean {
  if (patients.length <= FEW) return patients.includes(patient)
  const known = sets.get(patients) ?? new Set(patients)
  sets.set(patients, known)
  return known.has(patient)
}
