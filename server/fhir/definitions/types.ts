import type { CodeSystem, ConceptMap, SearchParameter, ValueSet } from '@medplum/fhirtypes'

/** The R4 definitions the server is driven by, in the compact form `build.ts` makes of the package's JSON. */
export interface Definitions {
  /** Package version and format: the key of everything derived from the definitions. */
  readonly version: string
  /** Names of every structure: primitives, data types, resources (abstract ones too). */
  readonly names: readonly string[]
  structure(name: string): Structure | undefined
  /** R4's SearchParameter resources, without narrative. Parsed at each call: keep what you need. */
  searchParameters(): SearchParameter[]
  /** By canonical url, with or without `|version`. */
  valueSet(url: string): ValueSet | undefined
  codeSystem(url: string): CodeSystem | undefined
  /** Canonical urls of every code system and value set. */
  readonly codeSystems: ReadonlySet<string>
  readonly valueSets: ReadonlySet<string>
  /** R4's own. Parsed at each call. */
  conceptMaps(): ConceptMap[]
  /** Of compartment `Patient`, `Encounter` …: resource type → the search parameters that put it in. `{def}` stands for the type itself. */
  compartment(code: string): Readonly<Record<string, readonly string[]>> | undefined
}

export interface Structure {
  readonly name: string
  readonly kind: 'primitive-type' | 'complex-type' | 'resource'
  readonly abstract: boolean
  /** Name of the structure it specialises or constrains. */
  readonly base?: string
  /** The snapshot in order; the first element is the structure itself (path = name). */
  readonly elements: readonly Element[]
}

export interface Element {
  /** `Patient.contact.name`, `Observation.value[x]`. */
  readonly path: string
  readonly min: number
  /** `1`, `*`, or another number. */
  readonly max: string
  readonly types: readonly ElementType[]
  /** Path of the element whose content this one repeats (`Observation.referenceRange`). */
  readonly sameAs?: string
  readonly binding?: { readonly strength: string; readonly valueSet: string }
  /** Error-level invariants, without ele-1 and ext-1, which stand on every element and every extension. */
  readonly constraints?: readonly Constraint[]
  readonly summary?: true
  readonly modifier?: true
}

export interface ElementType {
  /** `HumanName`, `string`, `Reference`, `BackboneElement`, `Resource`. */
  readonly code: string
  /** Type names a Reference or canonical may point at; absent or with `Resource`: any. */
  readonly targets?: readonly string[]
  /** `SimpleQuantity` or `MoneyQuantity` on a Quantity. */
  readonly profile?: string
}

export interface Constraint {
  readonly key: string
  readonly human: string
  readonly expression: string
}
