import type { Glimpse, Tier } from '../store/sight.ts'
import { NO_LABELS } from '../fhir/privacy/labels.ts'
import type { Grant } from './grants.ts'
import type { RoleRow } from './roles.ts'
import { intersection, NO_TYPES, type Types } from './types.ts'

/** One reason to see something before role and scopes narrow it. */
export interface Reason {
  readonly tier: Tier
  /** Instead of what the role's row of the tier says. */
  readonly duty?: Types
  /** Of that row, these alone. */
  readonly types?: Types
  readonly facility?: bigint
  readonly patients?: readonly bigint[]
  readonly withheld: number
  readonly days?: { readonly from: number; readonly to: number }
}

export interface Part {
  readonly role: RoleRow
  readonly grants: readonly Grant[]
  /** The person that `patient/` scopes reach; absent: nobody. */
  readonly launch?: readonly bigint[] | undefined
}

/** What everybody of the role sees for being there: public types, and what their office is about. */
export function standingReasons({ duty = { bare: NO_TYPES, any: NO_TYPES } }: RoleRow, shows = NO_TYPES): Reason[] {
  const everywhere = [...duty.any, ...shows].sort((a, b) => a - b)
  return [
    { tier: 'public', patients: NOBODY, withheld: NO_LABELS },
    ...(duty.bare.length > 0 ? [{ tier: 'own', duty: duty.bare, patients: NOBODY, withheld: NO_LABELS } as const] : []),
    ...(everywhere.length > 0 ? [{ tier: 'own', duty: everywhere, withheld: NO_LABELS } as const] : []),
  ]
}

/** `resource.patient` of what is in no Patient's compartment. */
const NOBODY: readonly bigint[] = [0n]

export function ownReason(facility: bigint): Reason {
  return { tier: 'own', facility, withheld: NO_LABELS }
}

export function selfReason(patients: readonly bigint[]): Reason {
  return { tier: 'self', patients, withheld: NO_LABELS }
}

/** Reasons × what the role's row of the tier shows × what the scopes grant. */
export function glimpsesOf(reasons: readonly Reason[], part: Part): Glimpse[] {
  return reasons.flatMap((reason) => part.grants.flatMap((grant) => glimpseOf(reason, grant, part) ?? []))
}

function glimpseOf(reason: Reason, { types, bound, where }: Grant, part: Part): Glimpse | undefined {
  const shown = intersection(shownBy(reason, part.role), types)
  if (shown.length === 0) return undefined
  const patients = bound && reason.tier !== 'public' ? boundTo(reason, part.launch) : reason.patients
  if (patients?.length === 0) return undefined
  const { tier, facility, withheld, days } = reason
  return {
    tier,
    types: shown,
    ...(facility !== undefined && { facility }),
    ...(patients && { patients }),
    withheld,
    ...(days && { days }),
    ...(where && { where }),
  }
}

function shownBy({ tier, types, duty }: Reason, { sees }: RoleRow): Types {
  const shown = duty ?? sees[tier] ?? NO_TYPES
  return types ? intersection(types, shown) : shown
}

function boundTo({ patients }: Reason, launch: readonly bigint[] = []): readonly bigint[] {
  if (patients === undefined) return launch
  return patients.filter((patient) => launch.includes(patient))
}
