import type { Resource } from '@medplum/fhirtypes'
import { compile, type Path } from '../path/compile.ts'
import { type Type, typeNamed } from '../path/model.ts'
import { isRecord, Node } from '../path/node.ts'
import { nameOf } from '../path/types.ts'
import { dayOf } from '../privacy/day.ts'
import { openingsOf } from '../privacy/openings.ts'
import { referenceToken } from '../keys.ts'
import { binariesIn, NAMES, standIn } from './binaries.ts'
import { Collector } from './collect.ts'
import { type EmitPairs, pairsOf } from './composites.ts'
import { type Emits, emitsFor } from './emits.ts'
import type { Entries } from './entries.ts'
import { Memo } from './memo.ts'
import type { Parameter, Registry } from './parameter.ts'
import { localOf, localResource, pointsAt } from './references.ts'
import { routesOf, type Route } from './routes.ts'
import type { Emit } from './sink.ts'
import { Spot, walk, type Leaf as SpotLeaf } from './spots.ts'

export interface ExtractOptions {
  /** The server's own address: references under it are local. */
  readonly base?: string
  /** The patient compartment: by type, the codes of the parameters that lead to its patients. */
  readonly compartment?: Readonly<Record<string, readonly string[]>>
  /** Its own unless given. */
  readonly memo?: Memo
  /** What is sensitive about a resource (fhir/privacy); nothing unless given. */
  readonly labelsOf?: (resource: Resource) => number
}

/** `text`: as it is stored, where that is known; only then it is told which Binaries it names. */
export type Extract = (resource: Resource, text?: string) => Entries

/** What a resource is found by. Pure; strange values are passed by, since they were validated or never will match. */
export function makeExtract(registry: Registry, options: ExtractOptions = {}): Extract {
  const plans = new Map<string, Plan>()
  const memo = options.memo ?? new Memo()
  const emits = emitsFor(options.base ?? '')
  return (resource, text) => {
    const { resourceType } = resource
    let plan = plans.get(resourceType)
    if (!plan) plans.set(resourceType, (plan = planOf(registry, resourceType, emits, options)))
    const entries = run(plan, resource, memo)
    entries.labels = options.labelsOf?.(resource) ?? 0
    entries.day = dayOf(resource)
    entries.openings = openingsOf(resource, options.base)
    if (resourceType === 'Binary') standIn(resource, entries, options.base ?? '')
    else if (text !== undefined) {
      for (const binary of binariesIn(text, options.base)) entries.tokens.push(referenceToken(NAMES, binary))
    }
    return entries
  }
}

/** What happens at a value a parameter leads to. */
type Leaf = SpotLeaf<Collector>

interface Plan {
  readonly parameters: number
  readonly spot: Spot<Collector>
  /** Parameters that are no routes: their FHIRPath, and what happens to its answers. */
  readonly paths: readonly { readonly path: Path; readonly leafOf: (type: Type) => Leaf }[]
  /** After all: a parameter has a value when any, or all, of others have. */
  readonly derived: readonly { readonly ordinal: number; readonly from: readonly number[]; readonly all: boolean }[]
}

function run(plan: Plan, resource: Resource, memo: Memo): Entries {
  const collector = new Collector(memo, resource, plan.parameters)
  walk(plan.spot, resource, collector)
  for (const { path, leafOf } of plan.paths) {
    for (const item of path(resource)) {
      const value = item instanceof Node ? item.value : item
      if (value !== undefined) leafOf(typeOf(item))(value, collector)
    }
  }
  if (resource.resourceType === 'Patient' && resource.id !== undefined)
    collector.patient(localResource('Patient', resource.id))
  for (const { ordinal, from, all } of plan.derived) {
    if (all ? from.every((one) => collector.has(one)) : from.some((one) => collector.has(one))) collector.mark(ordinal)
  }
  return collector.entries()
}

function typeOf(item: unknown): Type {
  if (item instanceof Node && item.type) return item.type
  const { namespace, name } = nameOf(item)
  return typeNamed(namespace === 'System' ? `System.${name}` : name)
}

function planOf(registry: Registry, base: string, emits: Emits, options: ExtractOptions): Plan {
  const parameters = registry.of(base)
  const spot = new Spot<Collector>()
  const paths: Plan['paths'][number][] = []
  const type = typeNamed(base)
  const place = (expression: string, leafOf: (type: Type) => Leaf | undefined): void => {
    const routes = routesOf(expression, type)
    if (!routes) paths.push({ path: compile(expression, { nodes: true }), leafOf: (found) => leafOf(found) ?? nothing })
    else for (const route of routes) addLeaf(spot, route, leafOf(route.type))
  }
  for (const parameter of parameters) {
    if (parameter.root) continue
    if (!parameter.same) place(parameter.expression, (found) => leafFor(parameter, found, emits))
    else if (targetOf(parameter) !== undefined) place(parameter.expression, () => marking(parameter))
  }
  for (const code of options.compartment?.[base] ?? []) {
    const parameter = registry.find(base, code)
    if (parameter) place(parameter.expression, () => compartment(options.base ?? ''))
  }
  return { parameters: parameters.length, spot, paths, derived: derivedOf(parameters) }
}

function addLeaf(spot: Spot<Collector>, route: Route, leaf: Leaf | undefined): void {
  if (!leaf) return
  const { target } = route
  spot.add(
    route,
    target === undefined ? leaf : (value, collector) => (pointsAt(value, target) ? leaf(value, collector) : undefined),
  )
}

const nothing: Leaf = () => undefined

/** What a value of this element type does for a parameter. Without an emitter it is still there for :missing. */
function leafFor(parameter: Parameter, type: Type, emits: Emits): Leaf {
  if (parameter.type === 'composite') return pairing(parameter, pairsOf(parameter, type, emits))
  const emit: Emit | undefined = emits(parameter.type, type)
  if (!emit) return (_, collector) => collector.mark(parameter.ordinal)
  return (value, collector) => {
    collector.mark(parameter.ordinal)
    emit(value, parameter, collector)
  }
}

function pairing(parameter: Parameter, pairs: EmitPairs | undefined): Leaf {
  if (!pairs) return nothing
  return (value, collector) => {
    if (pairs(value, collector.resource, collector)) collector.mark(parameter.ordinal)
  }
}

function targetOf({ same }: Parameter): string | undefined {
  return same?.[0]?.targetType
}

/** Of `patient` that is `subject`: stores nothing but that it is there. */
function marking(parameter: Parameter): Leaf {
  const target = targetOf(parameter) ?? ''
  return (value, collector) => {
    if (pointsAt(value, target)) collector.mark(parameter.ordinal)
  }
}

function compartment(base: string): Leaf {
  return (value, collector) => {
    if (!isRecord(value) || typeof value['reference'] !== 'string') return
    const found = localOf(value['reference'], base)
    if (found?.type === 'Patient') collector.patient(found)
  }
}

/** Aliases first, then composites of the resource itself, whose components may be aliases, then aliases of those. */
function derivedOf(parameters: readonly Parameter[]): Plan['derived'] {
  const sameOf = ({ ordinal, same = [] }: Parameter) => ({
    ordinal,
    from: same.map((one) => one.parameter.ordinal),
    all: false,
  })
  const aliases = parameters.filter((parameter) => parameter.same && targetOf(parameter) === undefined)
  const roots = parameters.filter(({ root }) => root)
  return [
    ...aliases.filter(({ type }) => type !== 'composite').map(sameOf),
    ...roots.map(({ ordinal, components = [] }) => ({
      ordinal,
      from: components.map(({ parameter }) => parameter.ordinal),
      all: true,
    })),
    ...aliases.filter(({ type }) => type === 'composite').map(sameOf),
  ]
}
