import { createHash } from 'node:crypto'
import type { ResourceType, SearchParameter } from '@medplum/fhirtypes'
import { FhirError, type Issue } from '../../errors.ts'
import { paramId } from '../keys.ts'
import { type Type, typeNamed } from '../path/model.ts'
import { resourceTypes } from '../types.ts'
import { narrow } from './expressions.ts'
import { check } from './faults.ts'
import type { Parameter, ParameterType, Registry } from './parameter.ts'
import { routeKey, routesOf } from './routes.ts'
import { aliases, type Sourced } from './same.ts'

/** Found by other means than stored entries: the store's columns, full text, membership of a list. */
const elsewhere: ReadonlySet<string> = new Set([
  '_id',
  '_lastUpdated',
  '_list',
  '_has',
  '_text',
  '_content',
  '_query',
  '_type',
  '_filter',
])

/** Raise it when extract.ts stores other entries for the same parameter. */
const FORM = 2

/**
 * Every parameter of every type, from SearchParameter definitions: R4's own first, then those of profiles/. One of
 * the same type and code as an earlier one replaces it. Throws FhirError with every fault of the custom ones; R4's own are
 * held to the same by a test, not at each start.
 */
export function makeRegistry(ofR4: readonly SearchParameter[], custom: readonly SearchParameter[] = []): Registry {
  const issues: Issue[] = custom.flatMap(check)
  if (issues.length > 0) throw new FhirError('invalid', issues)
  const definitions = [...ofR4, ...custom]
  const byUrl = new Map(definitions.map((definition) => [definition.url, definition]))
  const tables = new Map<string, ReadonlyMap<string, Parameter>>()
  const byBase = groupByBase(definitions)
  for (const base of resourceTypes) {
    const names = ancestors(typeNamed(base)).flatMap((name) => byBase.get(name) ?? [])
    const ofType = names.sort((a, b) => a.place - b.place).map(({ definition }) => definition)
    tables.set(base, table(base, ofType, byUrl))
  }
  const lists = new Map([...tables].map(([base, parameters]) => [base, [...parameters.values()]]))
  return {
    find: (type, code) => tables.get(type)?.get(code),
    of: (type) => lists.get(type) ?? [],
    fingerprint: fingerprint(lists.values()),
  }
}

function table(
  base: ResourceType,
  definitions: readonly SearchParameter[],
  byUrl: ReadonlyMap<string | undefined, SearchParameter>,
): ReadonlyMap<string, Parameter> {
  const chosen = new Map<string, Sourced>()
  for (const definition of definitions) {
    const { code, expression } = definition
    if (elsewhere.has(code) || !expression) continue
    const narrowed = narrow(expression, base)
    if (narrowed !== '') chosen.set(code, { definition, expression: narrowed })
  }
  const parameters = new Map<string, Parameter>()
  const byDefinition = new Map<string, Parameter>()
  const all = [...chosen.values()]
  for (const [ordinal, sourced] of all.entries()) {
    const parameter = { ...plain(base, sourced), ordinal }
    parameters.set(parameter.code, parameter)
    byDefinition.set(parameter.url, parameter)
  }
  for (const { definition } of all) {
    if (definition.type !== 'composite') continue
    const parameter = parameters.get(definition.code) as Building
    Object.assign(parameter, composite(base, parameter, definition, byDefinition, byUrl))
  }
  for (const [parameter, same] of aliases([...parameters.values()])) Object.assign(parameter, { same })
  return parameters
}

interface Placed {
  readonly definition: SearchParameter
  readonly place: number
}

function groupByBase(definitions: readonly SearchParameter[]): ReadonlyMap<string, readonly Placed[]> {
  const groups = new Map<string, Placed[]>()
  for (const [place, definition] of definitions.entries()) {
    for (const base of definition.base) {
      const group = groups.get(base)
      if (group) group.push({ definition, place })
      else groups.set(base, [{ definition, place }])
    }
  }
  return groups
}

/** The type's own name and those of the abstract types above it. */
function ancestors(type: Type | undefined): string[] {
  return type ? [type.name, ...ancestors(type.parent)] : []
}

type Building = { -readonly [K in keyof Parameter]: Parameter[K] }

function plain(base: ResourceType, { definition, expression }: Sourced): Omit<Parameter, 'ordinal'> {
  return {
    base,
    code: definition.code,
    type: definition.type as ParameterType,
    id: paramId(base, definition.code),
    expression,
    url: definition.url,
    targets: targetsOf(definition),
  }
}

/** Without a `target`, or with Resource as one, any type. */
function targetsOf({ type, target }: SearchParameter): readonly ResourceType[] {
  if (type !== 'reference') return []
  const names = target as readonly string[] | undefined
  if (!names || names.length === 0 || names.includes('Resource')) return resourceTypes
  return target ?? []
}

/** Components by their definitions' canonical urls; one that is not on this type is taken from its own definition. */
function composite(
  base: ResourceType,
  parameter: Parameter,
  definition: SearchParameter,
  byDefinition: ReadonlyMap<string, Parameter>,
  byUrl: ReadonlyMap<string | undefined, SearchParameter>,
): Pick<Parameter, 'components' | 'root'> {
  const components = (definition.component ?? []).flatMap(({ definition: canonical, expression }) => {
    const url = canonical.split('|')[0] ?? canonical
    const source = byUrl.get(url)
    const found =
      byDefinition.get(url) ?? (source && { ...plain(base, { definition: source, expression }), ordinal: -1 })
    return found ? [{ parameter: found, expression }] : []
  })
  const routes = routesOf(parameter.expression, typeNamed(base))
  const root = routes?.length === 1 && routes[0] !== undefined && routeKey(routes[0]) === ''
  return { components, ...(root && { root }) }
}

function fingerprint(lists: Iterable<readonly Parameter[]>): string {
  const hash = createHash('sha256').update(String(FORM))
  for (const parameters of lists) {
    for (const { base, code, type, expression, ordinal, components, same } of parameters) {
      const parts = components?.map((component) => [
        component.parameter.code,
        component.parameter.type,
        component.expression,
      ])
      const others = same?.map((one) => [one.parameter.code, one.targetType])
      hash.update(JSON.stringify([base, code, type, expression, ordinal, parts, others]))
    }
  }
  return hash.digest('hex').slice(0, 32)
}
