import type { ResourceType } from '@medplum/fhirtypes'

export type ParameterType =
  'number' | 'date' | 'string' | 'token' | 'reference' | 'composite' | 'quantity' | 'uri' | 'special'

/** One search parameter on one resource type, ready to extract with and to search by. */
export interface Parameter {
  readonly base: ResourceType
  readonly code: string
  readonly type: ParameterType
  /** paramId(base, code): how its values are keyed in every index. */
  readonly id: number
  /** Place among the parameters of `base`: the bit in Entries.present. */
  readonly ordinal: number
  /** FHIRPath, narrowed to `base`. */
  readonly expression: string
  /** Canonical url of its SearchParameter. */
  readonly url: string
  readonly targets: readonly ResourceType[]
  /**
   * Parameters whose values together are exactly this one's, so it stores nothing itself: `combo-code` is
   * `code` or `component-code`; `patient` is `subject` when it points at a Patient (`targetType`).
   */
  readonly same?: readonly { readonly parameter: Parameter; readonly targetType?: ResourceType }[]
  /**
   * Of a composite. `root`: the components are evaluated on the resource itself, so the composite is the AND
   * of its components' own parameters and stores nothing; otherwise each element of the expression is stored
   * as tokens (`first$second`) or numbers keyed by the first component's token.
   */
  readonly components?: readonly { readonly parameter: Parameter; readonly expression: string }[]
  readonly root?: boolean
}

/** Every search parameter the server knows: R4's own, and those dropped into profiles/search-parameters. */
export interface Registry {
  /** `Patient`, `birthdate` → the parameter; `Resource` parameters (_tag …) are found under every type. */
  find(type: string, code: string): Parameter | undefined
  of(type: string): readonly Parameter[]
  /** Changes when any expression or type changes: the stored entries must then be rebuilt. */
  readonly fingerprint: string
}
