import type { Issue } from '../../errors.ts'

export type {
  ElementDefinition,
  ElementDefinitionConstraint as Constraint,
  ElementDefinitionSlicing,
  StructureDefinition,
} from '@medplum/fhirtypes'

export type Json = Record<string, unknown>

/** A finding of a profile; `rule` and the path without its numbers tell the same fault in other resources. */
export interface Finding extends Issue {
  readonly severity: 'error' | 'warning' | 'information'
  /** Canonical url of the profile that is broken; absent for what R4 itself asks. */
  readonly profile?: string
  /** `min`, `max`, `fixed`, `pattern`, `slice`, `binding`, `type`, `target`, `extension`, `length`, or the invariant's key. */
  readonly rule: string
}
