import type { Caller } from '../context.ts'
import { rid } from '../fhir/keys.ts'
import type { Registry } from '../fhir/search/parameter.ts'
import { grantsOf, type Grant, type Wanted } from './grants.ts'
import type { Rule } from './interactions.ts'
import { roles, type RoleRow } from './roles.ts'
import { EVERY_TYPE, intersection, union, type Types } from './types.ts'

/** What role and scopes of a caller come to, before anything is read: the same for every request with the same scopes. */
export interface Standing {
  readonly role: RoleRow
  readonly grants: Readonly<Record<Wanted, readonly Grant[]>>
  /** By verb, what is written at all. */
  readonly writes: RoleRow['writes']
  /** Whether all writing is about the launch Patient alone. */
  readonly penBound: boolean
}

export function standingOf({ role, scopes }: Caller, registry: Registry): Standing {
  let byRole = known.get(scopes)
  if (!byRole) known.set(scopes, (byRole = new Map()))
  let standing = byRole.get(role)
  if (!standing) byRole.set(role, (standing = make(role, scopes, registry)))
  return standing
}

/** Lists of scopes are shared by who made them (parseScopes), and never changed. */
const known = new WeakMap<Caller['scopes'], Map<Caller['role'], Standing>>()

function make(name: Caller['role'], scopes: Caller['scopes'], registry: Registry): Standing {
  const of = (wanted: Wanted) => grantsOf(scopes, wanted, registry)
  const grants = { c: of('c'), r: of('r'), u: of('u'), d: of('d'), s: of('s'), any: of('any') }
  const role = roles[name]
  const penBound = VERBS.every((verb) => written(grants[verb], false).length === 0)
  const writes = (verb: 'c' | 'u' | 'd') => intersection(role.writes[verb], written(grants[verb], penBound))
  return { role, grants, writes: { c: writes('c'), u: writes('u'), d: writes('d') }, penBound }
}

const VERBS = ['c', 'u', 'd'] as const

/**
 * Scopes with a search grant no writing: whether a resource would be found by it is not known before it is stored. Where
 * some write for anybody, those for one Patient alone add nothing.
 */
function written(grants: readonly Grant[], bound: boolean): Types {
  return union(...grants.filter((grant) => !grant.where && grant.bound === bound).map(({ types }) => types))
}

/** What the scopes leave to see for this. Where none is asked for they leave all. */
export function grantsFor({ grants }: Standing, { verb }: Rule): readonly Grant[] {
  if (verb === 'none') return WHOLE
  return verb === 'r' || verb === 's' ? grants[verb] : grants.any
}

const WHOLE: readonly Grant[] = [{ types: EVERY_TYPE, bound: false }]

/** The Patient that `patient/` scopes reach, and for a patient the one they are. */
export function patientOf({ role, id, patient }: Caller): bigint | undefined {
  const own = patient ?? (role === 'patient' ? id : undefined)
  return own === undefined ? undefined : rid('Patient', own)
}
