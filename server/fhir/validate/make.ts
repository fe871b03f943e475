import type { Definitions } from '../definitions/definitions.ts'
import { Findings } from './findings.ts'
import { Inspection } from './inspect.ts'
import { makeShapes } from './shapes.ts'
import { makeVerdict } from './verdict.ts'
import type { Validator } from './validator.ts'

/** Resources of a type that are inspected before its schema is worth compiling. */
const PATIENCE = 30

/** The base R4 validator. A type's shape is made when the first resource of it comes. */
export function makeValidator(definitions: Definitions): Validator {
  const shapes = makeShapes(definitions)
  const isClean = makeVerdict(shapes, PATIENCE)
  return {
    validate(resource) {
      if (isClean(resource)) return []
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
