import { typeNumber } from '../fhir/types.ts'
import type { Opened } from '../store/openings.ts'
import type { Glimpse } from '../store/sight.ts'
import { glimpsesOf, ownReason, selfReason, standingReasons, type Reason } from './glimpses.ts'
import type { Rule } from './interactions.ts'
import { reasonsOf } from './reasons.ts'
import { grantsFor, type Standing } from './standing.ts'
import { NO_TYPES } from './types.ts'

/** Everything a sight is made of. */
export interface Known {
  readonly standing: Standing
  readonly rule: Rule
  readonly facility?: bigint | undefined
  /** All records of the Patient that `patient/` scopes reach, or who asks. */
  readonly person?: readonly bigint[] | undefined
  readonly opened: readonly Opened[]
}

/** Tiers × role × scopes, as data. */
export function sightOf({ standing, rule, facility, person, opened }: Known): Glimpse[] {
  const { role } = standing
  const { sees } = role
  const reasons: Reason[] = [
    ...standingReasons(role, rule.shows?.map(typeNumber) ?? NO_TYPES),
    ...(sees.own && facility !== undefined ? [ownReason(facility)] : []),
    ...(sees.self && person ? [selfReason(person)] : []),
    ...reasonsOf(opened),
  ]
  const part = { role, grants: grantsFor(standing, rule), launch: person }
  return glimpsesOf(rule.reach === 'public' ? reasons.slice(0, 1) : reasons, part)
}
