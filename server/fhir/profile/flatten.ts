import type { ProfileSource } from './source.ts'
import { makeNamer, overlay, pieceOf, type Piece } from './piece.ts'
import type { StructureDefinition } from './types.ts'

/** Longer chains of baseDefinition than this are taken for a circle. */
const MAX_CHAIN = 20

/**
 * All that a profile asks beyond base R4, in order, by element id: its snapshot if it has one, otherwise its
 * differential over the pieces of the profile it is derived from (https://hl7.org/fhir/R4/profiling.html#snapshot).
 * What base R4 says is not repeated: the base validator asks that.
 */
export function flatten(definition: StructureDefinition, source: ProfileSource, depth = 0): ReadonlyMap<string, Piece> {
  const pieces = new Map<string, Piece>()
  const elements = definition.snapshot?.element ?? definition.differential?.element ?? []
  const base = definition.snapshot ? undefined : baseOf(definition, source)
  if (base && depth < MAX_CHAIN) {
    for (const [id, piece] of flatten(base, source, depth + 1)) pieces.set(id, piece)
  }
  const name = makeNamer()
  for (const element of elements) {
    const id = name(element)
    pieces.set(id, overlay(pieces.get(id), pieceOf(element, id)))
  }
  return pieces
}

/** The profile it constrains, unless that is a type of R4 itself. */
function baseOf(
  { baseDefinition, derivation }: StructureDefinition,
  source: ProfileSource,
): StructureDefinition | undefined {
  if (baseDefinition === undefined || derivation === 'specialization') return undefined
  return source.profile(baseDefinition)
}
