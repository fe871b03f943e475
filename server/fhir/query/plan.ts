import type { ResourceType } from '@medplum/fhirtypes'
import type { Parameter } from '../search/parameter.ts'

/** What a search asks for, as a value: made by parse.ts, run by store/search, and comparable in a test. */
export interface Plan {
  /** The types searched: one for `GET [type]`, several or all for a system search. */
  readonly types: readonly ResourceType[]
  readonly where: Criterion
  readonly sort: readonly SortKey[]
  /** Matches on a page; 0 asks for the total alone. */
  readonly count: number
  readonly total: Total
  readonly summary?: Summary
  readonly elements?: readonly string[]
  readonly includes: readonly Include[]
  readonly revincludes: readonly Include[]
  /** The parameters really used, for the self link and the page token. */
  readonly used: readonly Pair[]
  /** Every criterion's type, parameter and values as sent: what a conditional interaction locks. */
  readonly raw: readonly RawCriterion[]
}

export type Pair = readonly [name: string, value: string]

export interface RawCriterion {
  readonly type: ResourceType
  readonly name: string
  readonly values: readonly string[]
}

/** `default`: exact when it costs nothing or little, else left out. */
export type Total = 'default' | 'none' | 'estimate' | 'accurate'
export type Summary = 'true' | 'text' | 'data' | 'false'

export interface SortKey {
  /** `_id`, `_lastUpdated`, or a parameter of the type. */
  readonly by: '_id' | '_lastUpdated' | Parameter
  readonly descending: boolean
}

/** `source:code:target`; without `code` every reference parameter (`*`), without `source` every type. */
export interface Include {
  readonly source?: ResourceType
  readonly code?: string
  readonly target?: ResourceType
  readonly iterate: boolean
}

/**
 * A condition on one resource. Tokens are made here already, so that no name or value needs looking up later,
 * except those under `Unresolved`, which become tokens before SQL (interactions/search/resolve.ts).
 */
export type Criterion =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Criterion[] }
  | { readonly kind: 'not'; readonly of: Criterion }
  | { readonly kind: 'types'; readonly types: readonly ResourceType[] }
  | { readonly kind: 'rids'; readonly rids: readonly bigint[] }
  /** At least one of these tokens. */
  | { readonly kind: 'tokens'; readonly any: readonly bigint[] }
  | { readonly kind: 'present'; readonly ordinal: number }
  | { readonly kind: 'updated'; readonly within: Bounds }
  | { readonly kind: 'date'; readonly param: number; readonly within: Bounds }
  | {
      readonly kind: 'number'
      readonly param: number
      readonly key: bigint
      readonly within: Bounds
      readonly units?: readonly bigint[]
    }
  /** A place at most so many kilometres away from one in degrees. */
  | { readonly kind: 'near'; readonly param: number; readonly lat: number; readonly lon: number; readonly km: number }
  | { readonly kind: 'string'; readonly param: number; readonly how: 'starts' | 'contains'; readonly text: string }
  /** A reference of these parameters points at a resource that satisfies `to` (a chain). */
  | { readonly kind: 'refersTo'; readonly params: readonly number[]; readonly to: Criterion }
  /** A resource that satisfies `from` points here by one of these parameters (`_has`, `_list`). */
  | {
      readonly kind: 'referredBy'
      readonly params: readonly number[]
      readonly from: Criterion
      /** What is referred to are patients, by parameters that put `from` into their compartments. */
      readonly patients?: true
    }
  | Unresolved

/** Needs terminology, the lexicon or other resources before it can be searched. */
export type Unresolved =
  /** A reference to a patient, or to any other record of the same person (`:mdm`). */
  | { readonly kind: 'linked'; readonly param: number; readonly patient: bigint }
  /** A reference to the resource `top`, or to what is linked to it through `via`, however far: parts or wholes. */
  | {
      readonly kind: 'branch'
      readonly param: number
      readonly direction: 'above' | 'below'
      readonly top: bigint
      readonly via: readonly number[]
    }
  | {
      readonly kind: 'valueSet'
      readonly param: number
      readonly valueSet: string
      /** The systems of values that stand as codes alone (implied.ts). */
      readonly implied?: readonly string[]
    }
  | {
      readonly kind: 'hierarchy'
      readonly param: number
      readonly direction: 'above' | 'below'
      readonly system: string
      readonly code: string
      readonly implied?: readonly string[]
    }
  /** Any of the lexicon's words that start with or contain the text; `as` says which token a word has. */
  | {
      readonly kind: 'words'
      readonly param: number
      readonly how: 'starts' | 'contains'
      readonly text: string
      readonly as: 'text' | 'uri'
    }

/** Limits, inclusive, on a stored range [low, high]; what is absent does not matter. */
export interface Bounds {
  readonly lowFrom?: number
  readonly lowTo?: number
  readonly highFrom?: number
  readonly highTo?: number
}

export const NOTHING: Criterion = { kind: 'any', of: [] }
export const EVERYTHING: Criterion = { kind: 'all', of: [] }

/** Whether there is no condition besides the types. */
export function isEverything({ where }: Plan): boolean {
  return where.kind === 'all' && where.of.length === 0
}

export function all(of: readonly Criterion[]): Criterion {
  return of.length === 1 && of[0] ? of[0] : { kind: 'all', of }
}

/** OR. Token conditions fall together into one, so that SQL has one `&&`. */
export function any(of: readonly Criterion[]): Criterion {
  const tokens = new Set<bigint>()
  const others: Criterion[] = []
  for (const one of of) {
    if (one.kind === 'tokens') one.any.forEach((token) => tokens.add(token))
    else if (one.kind === 'any') others.push(...one.of)
    else others.push(one)
  }
  const merged: Criterion[] = tokens.size > 0 ? [{ kind: 'tokens', any: [...tokens] }, ...others] : others
  return merged.length === 1 && merged[0] ? merged[0] : { kind: 'any', of: merged }
}
