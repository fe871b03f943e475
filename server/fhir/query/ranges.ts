import type { ResourceType } from '@medplum/fhirtypes'
import type { Definitions } from '../definitions/definitions.ts'
import { typeNamed } from '../path/model.ts'
import type { Parameter, Registry } from '../search/parameter.ts'
import { routesOf } from '../search/routes.ts'
import { elementAt } from './element.ts'
import { any, type Bounds, type Criterion } from './plan.ts'

type Dates = readonly (Criterion & { kind: 'date' })[]

/**
 * `date=ge2024&date=lt2025` on an element that a resource has once at most: both limits are on the same value, so they
 * are one range, and one stretch of the index instead of two long ones. Elements that repeat may satisfy each
 * limit by another value and stay apart.
 */
export function combineDates(criteria: readonly Criterion[], single: ReadonlySet<number>): Criterion[] {
  const combined: Criterion[] = []
  const byParam = new Map<number, Dates>()
  for (const criterion of criteria) {
    const dates = datesOf(criterion)
    const param = dates?.[0]?.param
    if (!dates || param === undefined || !single.has(param)) combined.push(criterion)
    else byParam.set(param, byParam.has(param) ? crossed(byParam.get(param) ?? [], dates) : dates)
  }
  return [...combined, ...[...byParam.values()].map(any)]
}

/** A date condition, or alternatives of one parameter. */
function datesOf(criterion: Criterion): Dates | undefined {
  const of = criterion.kind === 'any' ? criterion.of : [criterion]
  const dates = of.flatMap((one) => (one.kind === 'date' ? [one] : []))
  const same = dates.every(({ param }) => param === dates[0]?.param)
  return dates.length === of.length && dates.length < 8 && same ? dates : undefined
}

function crossed(some: Dates, others: Dates): Dates {
  return some.flatMap((one) =>
    others.flatMap((other) => {
      const within = intersection(one.within, other.within)
      return within ? [{ ...one, within }] : []
    }),
  )
}

function intersection(a: Bounds, b: Bounds): Bounds | undefined {
  const lowFrom = limit(Math.max, a.lowFrom, b.lowFrom)
  const lowTo = limit(Math.min, a.lowTo, b.lowTo)
  const highFrom = limit(Math.max, a.highFrom, b.highFrom)
  const highTo = limit(Math.min, a.highTo, b.highTo)
  const [low, high] = [lowFrom ?? -Infinity, highTo ?? Infinity]
  if (low > (lowTo ?? Infinity) || (highFrom ?? -Infinity) > high || low > high) return undefined
  return {
    ...(lowFrom !== undefined && { lowFrom }),
    ...(lowTo !== undefined && { lowTo }),
    ...(highFrom !== undefined && { highFrom }),
    ...(highTo !== undefined && { highTo }),
  }
}

function limit(choose: (a: number, b: number) => number, a: number | undefined, b: number | undefined) {
  return a === undefined || b === undefined ? (a ?? b) : choose(a, b)
}

const known = new WeakMap<Registry, Map<ResourceType, ReadonlySet<number>>>()

/** The keys of a type's date parameters that are one element of it, which does not repeat. */
export function singleDates(registry: Registry, definitions: Definitions, type: ResourceType): ReadonlySet<number> {
  const types = known.get(registry) ?? new Map<ResourceType, ReadonlySet<number>>()
  known.set(registry, types)
  const before = types.get(type)
  if (before) return before
  const parameters = registry.of(type).filter((one) => one.type === 'date' && isSingle(definitions, one))
  const ids = new Set(parameters.map(({ id }) => id))
  types.set(type, ids)
  return ids
}

function isSingle(definitions: Definitions, { base, expression }: Parameter): boolean {
  const routes = routesOf(expression, typeNamed(base)) ?? []
  const elements = routes.map(({ steps: [first, ...more] }) =>
    first?.kind === 'key' && more.length === 0 ? elementAt(definitions, base, [first.key]) : undefined,
  )
  const [element] = elements
  return element?.max === '1' && elements.every((one) => one === element)
}
