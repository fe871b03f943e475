import { expandValueSet, type Code } from '../definitions/expansion.ts'
import type { Definitions } from '../definitions/types.ts'
import { typeNamed } from '../path/model.ts'
import type { Parameter } from '../search/parameter.ts'
import { routesOf } from '../search/routes.ts'
import { elementAt } from './element.ts'
import type { Scope } from './scope.ts'

/**
 * The code systems of a parameter whose values all are of type `code`: they stand without a system, and have that of
 * the value set that the element is bound to (https://hl7.org/fhir/R4/search.html#token).
 */
export interface Implied {
  readonly systems: readonly string[]
  has(system: string, code: string): boolean
  /** Of a system, those that the element can have. */
  codes(system: string): string[]
}

/** Undefined when values say their system themselves. */
export function impliedBy({ definitions }: Scope, parameter: Parameter): Implied | undefined {
  if (!definitions || parameter.type !== 'token' || parameter.same) return undefined
  const before = known.get(parameter)
  if (before !== undefined) return before ?? undefined
  const found = find(definitions, parameter)
  known.set(parameter, found ?? null)
  return found
}

const known = new WeakMap<Parameter, Implied | null>()

function find(definitions: Definitions, { base, expression }: Parameter): Implied | undefined {
  const routes = routesOf(expression, typeNamed(base)) ?? []
  if (routes.length === 0 || routes.some(({ type }) => type.name !== 'code')) return undefined
  const urls = routes.map(({ steps }) => {
    const keys = steps.flatMap((step) => (step.kind === 'key' ? [step.key] : []))
    return elementAt(definitions, base, keys)?.binding?.valueSet ?? ''
  })
  const systems = [...new Set(urls.flatMap((url) => systemsOf(definitions, url)))]
  let codes: readonly Code[] | undefined
  const listed = (system: string) =>
    (codes ??= urls.flatMap((url) => codesOf(definitions, url))).filter((one) => one.system === system)
  return {
    systems,
    codes: (system) => listed(system).map(({ code }) => code),
    // several systems share an element: which of them a code is of, the value sets tell
    has: (system, code) =>
      systems.includes(system) && (systems.length === 1 || listed(system).some((one) => one.code === code)),
  }
}

function systemsOf(definitions: Definitions, url: string, depth = 0): string[] {
  const include = definitions.valueSet(url)?.compose?.include ?? []
  return include.flatMap(({ system, valueSet = [] }) => {
    if (system !== undefined) return [system]
    return depth < 5 ? valueSet.flatMap((one) => systemsOf(definitions, one, depth + 1)) : []
  })
}

function codesOf(definitions: Definitions, url: string): readonly Code[] {
  const valueSet = definitions.valueSet(url)
  return (valueSet && expandValueSet(valueSet, definitions)) ?? []
}
