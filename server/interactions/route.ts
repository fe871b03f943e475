import { FhirError } from '../errors.ts'
import { isResourceType } from '../fhir/types.ts'
import type { Interaction } from './house.ts'
import type { FhirRequest, Target } from './request.ts'

/** A row of the routes table: what the server answers, and what the CapabilityStatement says it answers. */
export interface Route {
  /** The code of a FHIR interaction (`read`, `search-type`, `transaction` …) or of an operation (`$everything`). */
  readonly code: string
  readonly level: 'instance' | 'type' | 'system'
  readonly method: FhirRequest['method']
  /**
   * Segments: `[type]` any resource type, `[id]`, `[vid]`, `[compartment]` (a resource type too, where `[type]` is
   * what is looked for in it), anything else literally. The system itself is the empty path.
   */
  readonly path: string
  readonly handler: Interaction
}

export interface Found {
  readonly route: Route
  readonly target: Target
}

/** https://hl7.org/fhir/R4/datatypes.html#id */
export const ID = /^[A-Za-z0-9\-.]{1,64}$/

type Table = ReadonlyMap<number, readonly { route: Route; segments: readonly string[] }[]>

const tables = new WeakMap<readonly Route[], Table>()

/**
 * The row that answers a method and a path. HEAD is answered by GET's row. An unknown type or address is a 404,
 * a known one with another method a 405 (`allowed` says which would do). Literal segments win over `[type]` by
 * standing earlier in the table.
 */
export function findRoute(routes: readonly Route[], method: FhirRequest['method'], path: readonly string[]): Found {
  const verb = method === 'HEAD' ? 'GET' : method
  const candidates = tableOf(routes).get(path.length) ?? []
  let other = false
  for (const { route, segments } of candidates) {
    if (!matches(segments, path)) continue
    if (route.method === verb) return { route, target: targetOf(segments, path) }
    other = true
  }
  if (other) throw new FhirError('not-allowed', `This address answers ${allowed(routes, path).join(', ')} only`)
  const [first = ''] = path
  if (/^[A-Z]/.test(first) && !isResourceType(first)) {
    throw new FhirError('unknown-type', 'There is no such resource type in FHIR R4')
  }
  throw new FhirError('not-found', 'There is nothing at this address')
}

/** The methods an address answers: the Allow header of a 405. */
export function allowed(routes: readonly Route[], path: readonly string[]): string[] {
  const candidates = tableOf(routes).get(path.length) ?? []
  const methods = candidates.filter((row) => matches(row.segments, path)).map((row) => row.route.method)
  return [...new Set(methods)].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

function tableOf(routes: readonly Route[]): Table {
  const known = tables.get(routes)
  if (known) return known
  const table = new Map<number, { route: Route; segments: readonly string[] }[]>()
  for (const route of routes) {
    const segments = route.path === '' ? [] : route.path.split('/')
    const rows = table.get(segments.length) ?? []
    rows.push({ route, segments })
    table.set(segments.length, rows)
  }
  tables.set(routes, table)
  return table
}

function matches(segments: readonly string[], path: readonly string[]): boolean {
  return segments.every((segment, i) => {
    const part = path[i] ?? ''
    switch (segment) {
      case '[type]':
      case '[compartment]':
        return isResourceType(part)
      case '[id]':
        return ID.test(part)
      case '[vid]':
        return ID.test(part)
      default:
        return segment === part
    }
  })
}

function targetOf(segments: readonly string[], path: readonly string[]): Target {
  const target: { -readonly [K in keyof Target]: Target[K] } = {}
  segments.forEach((segment, i) => {
    const part = path[i] ?? ''
    if (segment === '[id]') target.id = part
    else if (segment === '[vid]') target.version = part
    else if (segment === '[compartment]' && isResourceType(part)) target.compartment = part
    else if (isResourceType(part)) target.type = part
  })
  return target
}
