import type { Scope } from '../context.ts'
import type { Criterion } from '../fhir/query/plan.ts'
import { parseSearch } from '../fhir/query/parse.ts'
import type { Registry } from '../fhir/search/parameter.ts'
import { isResourceType, typeNumber } from '../fhir/types.ts'
import { FhirError } from '../errors.ts'
import { EVERY_TYPE, intersection, PATIENT, PUBLIC, union, without, type Types } from './types.ts'

/** What scopes leave of a role: on these types, and only as far as the rest says. */
export interface Grant {
  readonly types: Types
  /** `patient/`: of the launch Patient's person alone, public types apart. */
  readonly bound: boolean
  readonly where?: Criterion
}

export type Wanted = 'c' | 'r' | 'u' | 'd' | 's' | 'any'

/**
 * The scopes that grant what is wanted, as few grants as can be; what one grants no other repeats. To write (`any`) is to
 * refer: Patients and public types count then too, for the role to say which.
 */
export function grantsOf(scopes: readonly Scope[], wanted: Wanted, registry: Registry): Grant[] {
  const granting = scopes.filter(({ verbs }) => (wanted === 'any' ? verbs !== '' : verbs.includes(wanted)))
  const plain = granting.filter(({ query }) => query === undefined)
  const wide = typesIn(
    plain.filter(({ context }) => context !== 'patient'),
    wanted,
  )
  const bound = without(
    typesIn(
      plain.filter(({ context }) => context === 'patient'),
      wanted,
    ),
    wide,
  )
  const whole: Grant[] = [
    { types: wide, bound: false },
    { types: bound, bound: true },
  ]
  const narrowed = granting.flatMap((scope) => narrowedBy(scope, { wide, bound }, registry))
  return [...whole, ...narrowed].filter(({ types }) => types.length > 0)
}

function typesIn(scopes: readonly Scope[], wanted: Wanted): Types {
  if (scopes.length === 0) return []
  const named = scopes.map(({ type }) => (isResourceType(type) ? [typeNumber(type)] : EVERY_TYPE))
  return wanted === 'any' ? union(PUBLIC, PATIENT, ...named) : union(...named)
}

/** A query that cannot be read, or needs more than one row to be judged, grants nothing. */
function narrowedBy(scope: Scope, known: { wide: Types; bound: Types }, registry: Registry): Grant[] {
  const { type, context, query } = scope
  if (query === undefined || !isResourceType(type)) return []
  const bound = context === 'patient'
  const types = [typeNumber(type)]
  const covered = bound ? union(known.wide, known.bound) : known.wide
  if (intersection(types, covered).length > 0) return []
  const where = criterionOf(scope, registry)
  return where ? [{ types, bound, where }] : []
}

function criterionOf({ type, query = [] }: Scope, registry: Registry): Criterion | undefined {
  if (!isResourceType(type) || query.some(([name]) => name.startsWith('_') && !ROW.has(name))) return undefined
  try {
    const { where } = parseSearch({ registry, base: '', now: Date.now() }, query, { types: [type], lenient: false })
    return isOfOneRow(where) ? where : undefined
  } catch (error) {
    if (error instanceof FhirError) return undefined
    throw error
  }
}

const ROW: ReadonlySet<string> = new Set(['_id', '_tag', '_security', '_profile', '_source', '_lastUpdated'])

/** Neither a chain nor anything that must be looked up before it is a condition on a row. */
function isOfOneRow(one: Criterion): boolean {
  if (one.kind === 'all' || one.kind === 'any') return one.of.every(isOfOneRow)
  return one.kind === 'not' ? isOfOneRow(one.of) : PLAIN.has(one.kind)
}

const PLAIN: ReadonlySet<Criterion['kind']> = new Set([
  'types',
  'rids',
  'tokens',
  'present',
  'updated',
  'date',
  'number',
  'near',
  'string',
])
