import type { Caller } from '../context.ts'
import { rid } from '../fhir/keys.ts'
import type { Registry } from '../fhir/search/parameter.ts'
import type { Glimpse } from '../store/sight.ts'
import type { Asked } from './asked.ts'
import type { Rule } from './interactions.ts'
import { ruleFor } from './may-ask.ts'
import { penOf } from './pen.ts'
import { sightOf } from './sight.ts'
import { grantsFor, patientOf, standingOf, type Standing } from './standing.ts'
import type { Pen } from './visit.ts'

/** A caller at the door, and what they want: all that is known before anything is read. */
export interface Entry {
  readonly caller: Caller
  readonly rule: Rule
  readonly standing: Standing
  /** Who `patient/` scopes reach, and for a patient themselves. */
  readonly patient: bigint | undefined
  readonly facility: bigint | undefined
  /** What is seen without reading anything: a subset of the whole sight. */
  readonly near: readonly Glimpse[]
  /** Some scope of theirs reaches further than one patient. */
  readonly isWide: boolean
  /** Something can open what role and scopes alone do not show. */
  readonly isWidened: boolean
  /** Absent where it is known only when their people were read. */
  readonly pen: Pen | undefined
  /** What somebody in care shows, by the labels that are withheld (look.ts). */
  readonly inCare: Map<number, readonly Glimpse[]>
  /** How many were their own in a row, of what they looked at last. */
  readonly habit: { own: number }
}

/** Refuses what role or scopes rule out, whatever the record holds. */
export function entryOf(caller: Caller, registry: Registry, asked: Asked): Entry {
  let entries = known.get(caller)
  if (!entries) known.set(caller, (entries = new Map()))
  const key = `${asked.code} ${asked.level} ${asked.target.type}`
  let entry = entries.get(key)
  if (!entry || entry.rule.ownFacility) entries.set(key, (entry = make(caller, registry, asked)))
  return entry
}

/** A caller is the same for all that is asked with one token: as many as there are interactions and types. */
const known = new WeakMap<Caller, Map<string, Entry>>()

function make(caller: Caller, registry: Registry, asked: Asked): Entry {
  const standing = standingOf(caller, registry)
  const rule = ruleFor(caller, standing, asked)
  const patient = patientOf(caller)
  const facility = caller.facility === undefined ? undefined : rid('Organization', caller.facility)
  const isWide = grantsFor(standing, rule).some(({ bound }) => !bound)
  const person = patient === undefined ? undefined : [patient]
  return {
    caller,
    rule,
    standing,
    patient,
    facility,
    near: sightOf({ standing, rule, facility, person, opened: [] }),
    isWide,
    isWidened: widens(standing, rule, facility !== undefined && (isWide || patient !== undefined)),
    pen: isOfPeople(standing, rule) ? undefined : penOf(standing, facility ?? 0n, []),
    inCare: new Map(),
    habit: { own: 0 },
  }
}

function widens({ role }: Standing, { reach }: Rule, cares: boolean): boolean {
  return reach !== 'public' && (role.sees.self !== undefined || (cares && role.sees.care !== undefined))
}

/** Whether what is written must be about somebody's person. */
function isOfPeople({ role, penBound }: Standing, { verb }: Rule): boolean {
  return WRITES.has(verb) && (penBound || role.sees.self !== undefined)
}

const WRITES: ReadonlySet<Rule['verb']> = new Set(['any', 'c', 'u', 'd'])
