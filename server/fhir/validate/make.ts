import type { Definitions } from '../definitions/definitions.ts'
import { Findings } from './findings.ts'
import { Inspection } from './inspect.ts'
import { makeShapes } from './shapes.ts'
import type { Validator } from './validator.ts'

/** The base R4 validator. A type's shape is made when the first resource of it comes. */
export function makeValidator(definitions: Definitions): Validator {
  const shapes = makeShapes(definitions)
  return {
    validate(resource) {
      const findings = new Findings()
      findings.enter(typeName(resource))
      new Inspection(shapes, findings).resource(resource)
      return findings.issues
    },
  }
}

function typeName(resource: unknown): string {
  const type = (resource as { resourceType?: unknown } | null | undefined)?.resourceType
  return typeof type === 'string' && /^[A-Z][A-Za-z]{0,40}$/.test(type) ? type : 'Resource'
}
