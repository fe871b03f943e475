/**
 * ref-1 (https://hl7.org/fhir/R4/references-definitions.html): a reference that begins with # names a resource
 * contained in `container`, or, as # alone, the container itself.
 */
export function localReferenceResolves(reference: unknown, container: unknown): boolean {
  const { reference: literal } = reference as { reference?: unknown }
  if (typeof literal !== 'string' || !literal.startsWith('#') || literal === '#') return true
  return containedResource(literal.slice(1), container) !== undefined
}

export function containedResource(id: string, container: unknown): Contained | undefined {
  const { contained } = container as { contained?: unknown }
  if (!Array.isArray(contained)) return undefined
  const list = contained as (Contained | null)[]
  return (list.length > FEW ? byId(list).get(id) : list.find((one) => one?.id === id)) ?? undefined
}

interface Contained {
  readonly id?: unknown
  readonly resourceType?: unknown
}

/** Of more, a map is made: else each of many references would look through all of them. */
const FEW = 16
const maps = new WeakMap<readonly (Contained | null)[], ReadonlyMap<unknown, Contained>>()

/** The first of each id. A list is not changed while it is judged. */
function byId(list: readonly (Contained | null)[]): ReadonlyMap<unknown, Contained> {
  let map = maps.get(list)
  if (!map) {
    map = new Map(list.toReversed().flatMap((one) => (one ? [[one.id, one] as const] : [])))
    maps.set(list, map)
  }
  return map
}
