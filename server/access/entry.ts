import type { Caller } from '../context.ts'
import { rid } from '../fhir/keys.ts'
import type { Registry } from '../fhir/search/parameter.ts'
import type { Glimpse } from '../store/sight.ts'
import type { Asked } from './asked.ts'
import type { Rule } from './interactions.ts'
import { ruleFor } from './may-ask.ts'
import { sightOf } from './sight.ts'
import { patientOf, standingOf, type Standing } from './standing.ts'

/** A caller at the door, and what they want: all that is known before anything is read. */
export interface Entry {
  readonly caller: Caller
  readonly rule: Rule
  readonly standing: Standing
  /** Who `patient/` scopes reach, and for a patient themselves. */
  readonly patient: bigint | undefined
  readonly facility: bigint | undefined
}

/** Refuses what role or scopes rule out, whatever the record holds. */
export function entryOf(caller: Caller, registry: Registry, asked: Asked): Entry {
  const standing = standingOf(caller, registry)
  return {
    caller,
    rule: ruleFor(caller, standing, asked),
    standing,
    patient: patientOf(caller),
    facility: caller.facility === undefined ? undefined : rid('Organization', caller.facility),
  }
}

/** Without reading anything: a subset of the whole sight. Where no patient is named it is the same every time. */
export function near(entry: Entry): readonly Glimpse[] {
  const { standing, rule, facility = 0n, patient } = entry
  if (patient !== undefined) return sightOf({ ...entry, person: [patient], opened: [] })
  let byRule = nears.get(standing)
  if (!byRule) nears.set(standing, (byRule = new Map()))
  let byFacility = byRule.get(rule)
  if (!byFacility) byRule.set(rule, (byFacility = new Map()))
  let sight = byFacility.get(facility)
  if (!sight) byFacility.set(facility, (sight = sightOf({ ...entry, person: undefined, opened: [] })))
  return sight
}

/** By what role and scopes come to, the rule and the facility: as many as there are clients. */
const nears = new WeakMap<Standing, Map<Rule, Map<bigint, readonly Glimpse[]>>>()
