import type { Constraint, ElementDefinition, ElementDefinitionSlicing, Json } from './types.ts'

/** One element of a profile, under its id (`Patient.identifier:abha.system`): what an ElementDefinition demands. */
export interface Piece {
  readonly id: string
  readonly path: string
  readonly sliceName?: string
  readonly min?: number
  readonly max?: string
  readonly types?: readonly PieceType[]
  readonly fixed?: Held
  readonly pattern?: Held
  readonly binding?: { readonly strength: string; readonly valueSet: string }
  readonly constraints?: readonly Constraint[]
  readonly slicing?: ElementDefinitionSlicing
  readonly sameAs?: string
  readonly maxLength?: number
  readonly least?: Held
  readonly most?: Held
}

/** Boxed, so that `false`, `0` and `''` are values too. */
export interface Held {
  readonly value: unknown
}

export interface PieceType {
  readonly code: string
  readonly profiles: readonly string[]
  readonly targets: readonly string[]
  readonly aggregation: readonly string[]
}

/** An ElementDefinition as a piece; its place in the tree comes from `id`, or is told by the elements before it. */
export function pieceOf(element: ElementDefinition, id: string): Piece {
  const fixed = choiceMember(element, 'fixed')
  const pattern = choiceMember(element, 'pattern')
  const least = choiceMember(element, 'minValue')
  const most = choiceMember(element, 'maxValue')
  const { sliceName, min, max, slicing, maxLength, constraint, type } = element
  const { strength, valueSet } = element.binding ?? {}
  return {
    id,
    path: element.path,
    ...(sliceName !== undefined && { sliceName }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(type && { types: type.map(typeOf) }),
    ...(fixed && { fixed }),
    ...(pattern && { pattern }),
    ...(least && { least }),
    ...(most && { most }),
    ...(strength && valueSet && { binding: { strength, valueSet } }),
    ...(constraint && { constraints: constraint }),
    ...(slicing && { slicing }),
    ...(element.contentReference && { sameAs: element.contentReference.split('#').pop() ?? '' }),
    ...(maxLength !== undefined && { maxLength }),
  }
}

/** What a derived profile says of an element, over what its base said: cardinality and types are replaced, invariants add up. */
export function overlay(base: Piece | undefined, derived: Piece): Piece {
  if (!base) return derived
  const constraints = [...(base.constraints ?? []), ...(derived.constraints ?? [])]
  const seen = new Set<string>()
  const kept = constraints.filter(({ key }) => !seen.has(key) && seen.add(key))
  return { ...base, ...derived, ...(kept.length > 0 && { constraints: kept }) }
}

/** `Patient.identifier:abha.system`, from the element's own id, or from the slices that were opened last. */
export function makeNamer(): (element: ElementDefinition) => string {
  const last = new Map<string, string>()
  const named = (path: string): string => {
    const known = last.get(path)
    if (known !== undefined) return known
    const dot = path.lastIndexOf('.')
    return dot < 0 ? path : `${named(path.slice(0, dot))}${path.slice(dot)}`
  }
  return ({ id, path, sliceName }) => {
    const dot = path.lastIndexOf('.')
    const parent = dot < 0 ? '' : named(path.slice(0, dot))
    const derived = `${parent}${dot < 0 ? path : path.slice(dot)}${sliceName === undefined ? '' : `:${sliceName}`}`
    const own = id !== undefined && plain(id) === path ? id : undefined
    const name = own ?? derived
    last.set(path, name)
    return name
  }
}

/** The path that an id stands for: without its slice names. */
function plain(id: string): string {
  return id
    .split('.')
    .map((step) => step.split(':')[0])
    .join('.')
}

function typeOf(type: NonNullable<ElementDefinition['type']>[number]): PieceType {
  const code = type.code?.startsWith('http://hl7.org/fhirpath/') ? 'string' : (type.code ?? 'Element')
  return {
    code,
    profiles: type.profile ?? [],
    targets: type.targetProfile ?? [],
    aggregation: type.aggregation ?? [],
  }
}

function choiceMember(element: ElementDefinition, name: string): Held | undefined {
  for (const key in element) {
    if (key.startsWith(name) && key.length > name.length) return { value: (element as unknown as Json)[key] }
  }
  return undefined
}
