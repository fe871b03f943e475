import type { ResourceType } from '@medplum/fhirtypes'
import { rid } from '../keys.ts'
import type { Parameter } from '../search/parameter.ts'
import { isResourceType } from '../types.ts'
import { columnCriterion, parameterCriterion, some, valuesOf } from './criterion.ts'
import { fault } from './fault.ts'
import { all, any, type Criterion } from './plan.ts'
import type { Scope } from './scope.ts'
import { UnknownParameter } from './unknown.ts'

const MAX_DEPTH = 4

/** A name with its value → the condition: a parameter, `subject:Patient.name`, `_has:Observation:patient:code`. */
export function criterionOf(
  scope: Scope,
  type: ResourceType,
  name: string,
  value: string,
  sent = name,
  depth = 1,
): Criterion {
  if (depth > MAX_DEPTH) throw fault(sent, `chained more than ${MAX_DEPTH - 1} times`, 'Search in two steps.')
  if (name.startsWith('_has:')) return hasCriterion(scope, type, name, value, sent, depth)
  const dot = name.indexOf('.')
  if (dot >= 0) return chainCriterion(scope, type, name.slice(0, dot), name.slice(dot + 1), value, sent, depth)
  const [code, modifier] = cut(name)
  if (code === '_id' || code === '_lastUpdated') return columnCriterion(scope, sent, type, code, modifier, value)
  if (code === '_list') return listCriterion(scope, sent, modifier, value)
  return parameterCriterion(scope, sent, findParameter(scope, type, code, sent), modifier, value)
}

/** The references of a parameter: its own key, or those of the parameters it is the same as. */
export function referencesOf(parameter: Parameter): { id: number; targets: readonly ResourceType[] }[] {
  if (!parameter.same) return [{ id: parameter.id, targets: parameter.targets }]
  return parameter.same.flatMap(({ parameter: same, targetType }) =>
    referencesOf(same).map(({ id, targets }) => ({ id, targets: targetType ? [targetType] : targets })),
  )
}

function chainCriterion(
  scope: Scope,
  type: ResourceType,
  head: string,
  rest: string,
  value: string,
  sent: string,
  depth: number,
): Criterion {
  const [code, narrowed] = cut(head)
  const parameter = findParameter(scope, type, code, sent)
  if (parameter.type !== 'reference')
    throw fault(sent, `${code} is no reference, so nothing can be chained to it`, 'Chain from a reference parameter.')
  if (narrowed !== undefined && !isResourceType(narrowed))
    throw fault(sent, `what follows ${code}: is no resource type`, `Use one of ${some(parameter.targets)}.`)
  const references = referencesOf(parameter)
  const targets = new Set(
    references.flatMap((one) => one.targets).filter((target) => narrowed === undefined || target === narrowed),
  )
  if (targets.size === 0)
    throw fault(sent, `${code} never refers to a ${narrowed ?? 'resource'}`, `Use one of ${some(parameter.targets)}.`)
  const reached: Criterion[] = []
  let unknown: UnknownParameter | undefined
  for (const target of targets) {
    try {
      const params = references.filter((one) => one.targets.includes(target)).map((one) => one.id)
      const inner = criterionOf(scope, target, rest, value, sent, depth + 1)
      reached.push({ kind: 'refersTo', params, to: all([{ kind: 'types', types: [target] }, inner]) })
    } catch (error) {
      if (!(error instanceof UnknownParameter)) throw error
      unknown = error
    }
  }
  if (reached.length === 0 && unknown) throw unknown
  return any(reached)
}

function hasCriterion(
  scope: Scope,
  type: ResourceType,
  name: string,
  value: string,
  sent: string,
  depth: number,
): Criterion {
  const [, source = '', code = '', ...rest] = name.split(':')
  if (!isResourceType(source) || code === '' || rest.length === 0) {
    throw fault(sent, '_has names a type, a reference and a parameter', 'Write _has:Observation:patient:code=….')
  }
  const parameter = findParameter(scope, source, code, sent)
  if (parameter.type !== 'reference')
    throw fault(sent, `${code} of ${source} is no reference`, 'Name a reference parameter.')
  const params = referencesOf(parameter).filter((one) => one.targets.includes(type))
  if (params.length === 0)
    throw fault(sent, `${code} of ${source} never refers to a ${type}`, `It refers to ${some(parameter.targets)}.`)
  const inner = criterionOf(scope, source, rest.join(':'), value, sent, depth + 1)
  const ids = params.map((one) => one.id)
  const members = type === 'Patient' ? memberParams(scope, source) : []
  const patients = ids.every((id) => members.includes(id))
  const from = all([{ kind: 'types', types: [source] }, inner])
  return { kind: 'referredBy', params: ids, from, ...(patients && { patients }) }
}

/** The keys of the references that put a resource of this type into a patient's compartment. */
function memberParams({ registry, definitions }: Scope, type: ResourceType): number[] {
  const parameters = (definitions?.compartment('Patient')?.[type] ?? []).map((code) => registry.find(type, code))
  return parameters.flatMap((one) => (one ? referencesOf(one) : [])).map(({ id }) => id)
}

/** What stands in a List (https://hl7.org/fhir/R4/search.html#list). */
function listCriterion(scope: Scope, sent: string, modifier: string | undefined, value: string): Criterion {
  const item = findParameter(scope, 'List', 'item', sent)
  if (modifier !== undefined) throw fault(sent, 'the modifier does not fit', 'Leave it out.')
  const ids = valuesOf(sent, value)
  if (ids.some((id) => id.startsWith('$')))
    throw fault(sent, 'functional lists are not supported', 'Give the id of a List.')
  const from: Criterion = { kind: 'rids', rids: ids.map((id) => rid('List', id)) }
  return { kind: 'referredBy', params: [item.id], from: all([{ kind: 'types', types: ['List'] }, from]) }
}

function findParameter(scope: Scope, type: ResourceType, code: string, sent: string): Parameter {
  const parameter = scope.registry.find(type, code)
  if (!parameter)
    throw new UnknownParameter(
      sent,
      type,
      code,
      scope.registry.of(type).map((one) => one.code),
    )
  return parameter
}

function cut(name: string): [string, string | undefined] {
  const colon = name.indexOf(':')
  return colon < 0 ? [name, undefined] : [name.slice(0, colon), name.slice(colon + 1)]
}
