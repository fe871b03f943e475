import type { ResourceType, SearchParameter } from '@medplum/fhirtypes'
import { typeNamed } from '../path/model.ts'
import type { Parameter } from './parameter.ts'
import { routeKey, routesOf } from './routes.ts'

/** A definition with the part of its expression that is about one type. */
export interface Sourced {
  readonly definition: SearchParameter
  readonly expression: string
}

type Same = NonNullable<Parameter['same']>

/**
 * Which parameters of one type store nothing of their own, because the routes of others lead to the same values:
 * combo-code is code or component-code, patient is subject when it points at a Patient. Less to write, less to keep.
 */
export function aliases(parameters: readonly Parameter[]): Map<Parameter, Same> {
  const sources = parameters.map(sourceOf).sort((a, b) => rank(a) - rank(b))
  const stored: Source[] = []
  const found = new Map<Parameter, Same>()
  for (const source of sources) {
    const same = source.parameter.root ? undefined : cover(source, stored)
    if (same) found.set(source.parameter, same)
    else stored.push(source)
  }
  return found
}

interface Source {
  readonly parameter: Parameter
  /** Route keys without their target; empty when the expression is no routes. */
  readonly keys: readonly string[]
  readonly target: string | undefined
}

/** Those with fewer routes are stored, and those without a target before those with one. */
function rank({ keys, target }: Source): number {
  return keys.length + (target === undefined ? 0 : 1000)
}

function sourceOf(parameter: Parameter): Source {
  const routes = routesOf(parameter.expression, typeNamed(parameter.base)) ?? []
  const targets = new Set(routes.map(({ target }) => target))
  const [target] = targets
  if (targets.size !== 1) return { parameter, keys: [], target: undefined }
  const inner = (parameter.components ?? []).map(({ expression }) => expression).join(' $ ')
  const keys = routes.map(({ steps, type }) => `${routeKey({ steps, type })} ${inner}`)
  return { parameter, keys, target }
}

function cover({ parameter, keys, target }: Source, stored: readonly Source[]): Same | undefined {
  const missing = new Set(keys)
  if (missing.size === 0) return undefined
  const used: Source[] = []
  for (const other of stored) {
    if (other.parameter.type !== parameter.type || other.keys.length === 0 || other.target !== undefined) continue
    if (!other.keys.every((key) => keys.includes(key)) || !other.keys.some((key) => missing.has(key))) continue
    if (!reaches(other.parameter, parameter)) continue
    used.push(other)
    for (const key of other.keys) missing.delete(key)
    if (missing.size === 0) return used.map((one) => sameAs(one.parameter, parameter, target))
  }
  return undefined
}

/** A reference parameter that is the same must allow at least the targets of the one it stands for. */
function reaches(other: Parameter, parameter: Parameter): boolean {
  return (
    parameter.type !== 'reference' ||
    parameter.targets.every((target) => other.targets.includes(target)) ||
    parameter.targets.length === 1
  )
}

function sameAs(other: Parameter, parameter: Parameter, target: string | undefined): Same[number] {
  const [only, ...more] = parameter.targets
  const narrowed = only !== undefined && more.length === 0 && other.targets.length !== 1 ? only : undefined
  const targetType = (target as ResourceType | undefined) ?? narrowed
  return targetType === undefined ? { parameter: other } : { parameter: other, targetType }
}
