import { codedFault } from './codes.ts'
import type { Fault, Json } from './findings.ts'
import type { RuleEnv } from './invariants.ts'
import type { Property } from './shapes.ts'
import { referenceFault } from './targets.ts'

/** What an element asks of a well-formed data type: where it points, which codes it has. */
export function contentFault(value: Json, property: Property, type: string, env: RuleEnv): Fault | undefined {
  if (type === 'Reference') return referenceFault(value, property.targets, env.rootResource)
  return property.codes && codedFault(type, value, property.codes)
}
