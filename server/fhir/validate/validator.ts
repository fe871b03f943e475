import type { Issue } from '../../errors.ts'

/** Checks a resource against base R4 (StructureDefinition, required bindings, error-level invariants). */
export interface Validator {
  /**
   * Every finding at once, none when the resource is clean; `path` is FHIRPath-like from the resource
   * (`Patient.name[0].family`). Never throws on strange input: any JSON value is judged.
   */
  validate(resource: unknown): Issue[]
}
