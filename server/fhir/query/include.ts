import { isResourceType } from '../types.ts'
import { some } from './criterion.ts'
import { fault } from './fault.ts'
import type { Include } from './plan.ts'
import type { Scope } from './scope.ts'
import { UnknownParameter } from './unknown.ts'

/**
 * `MedicationRequest:subject`, `Encounter:*`, `*`, `Observation:subject:Patient`
 * (https://hl7.org/fhir/R4/search.html#revinclude); `name` is _include or _revinclude with its modifier.
 */
export function includeOf(scope: Scope, name: string, value: string): Include {
  const [kind = '', modifier] = name.split(':')
  if (modifier !== undefined && modifier !== 'iterate' && modifier !== 'recurse') {
    throw fault(name, 'the modifier does not fit', `Write ${kind}:iterate, or ${kind} alone.`)
  }
  const iterate = modifier !== undefined
  if (value === '*') {
    if (kind === '_include') return { iterate }
    throw fault(name, 'everything that refers to the matches would be too much', 'Write Type:parameter or Type:*.')
  }
  const [source = '', code = '', target, ...rest] = value.split(':')
  if (!isResourceType(source) || code === '' || rest.length > 0)
    throw fault(name, 'this names no reference', 'Write Type:parameter, Type:* or Type:parameter:TargetType.')
  if (target !== undefined && !isResourceType(target))
    throw fault(name, 'the third part is no resource type', 'Write Type:parameter:TargetType.')
  const aim = target === undefined ? {} : { target }
  if (code === '*') return { source, iterate, ...aim }
  const parameter = scope.registry.find(source, code)
  if (!parameter) {
    const references = scope.registry.of(source).filter((one) => one.type === 'reference')
    throw new UnknownParameter(
      `${name}=${source}:${code}`,
      source,
      code,
      references.map((one) => one.code),
    )
  }
  if (parameter.type !== 'reference')
    throw fault(name, `${code} of ${source} is no reference`, 'Name a reference parameter.')
  if (target !== undefined && !parameter.targets.includes(target)) {
    throw fault(name, `${code} of ${source} never refers to a ${target}`, `It refers to ${some(parameter.targets)}.`)
  }
  return { source, code, iterate, ...aim }
}
