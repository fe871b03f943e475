import type { ResourceType } from '@medplum/fhirtypes'
import { rid } from '../keys.ts'
import type { Parameter } from '../search/parameter.ts'
import { fault } from './fault.ts'
import { any, type Criterion } from './plan.ts'
import { localTarget } from './reference.ts'
import type { Scope } from './scope.ts'

/**
 * `location:below=42`: points at 42 or at anything that is a part of it, however far; `:above` at it or what it is part
 * of (https://hl7.org/fhir/R4/search.html#recursive). What is part of what, the type's own `partof` or `part-of` tells.
 */
export function branchCriterion(
  { registry, base }: Scope,
  name: string,
  parameter: Parameter,
  direction: 'above' | 'below',
  value: string,
  only: readonly ResourceType[],
): Criterion {
  const found = localTarget(value, base)
  if (!found) throw fault(name, 'this is no reference', 'Write an id or Type/id.')
  const branches = only.flatMap((type) => {
    if (found.type !== undefined && found.type !== type) return []
    const links = ['partof', 'part-of'].flatMap((code) => registry.find(type, code) ?? [])
    const via = links.flatMap(({ id, targets }) => (targets.includes(type) ? [id] : []))
    const branch = { kind: 'branch', param: parameter.id, direction, top: rid(type, found.id), via } as const
    return via.length > 0 ? [branch] : []
  })
  if (branches.length > 0) return any(branches)
  throw fault(name, `what it refers to has no parts, so :${direction} has no meaning`, 'Leave the modifier out.')
}
