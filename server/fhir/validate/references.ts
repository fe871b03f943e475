/**
 * ref-1 (https://hl7.org/fhir/R4/references-definitions.html): a reference that begins with # names a resource
 * contained in `container`, or, as # alone, the container itself.
 */
export function localReferenceResolves(reference: unknown, container: unknown): boolean {
  const { reference: literal } = reference as { reference?: unknown }
  if (typeof literal !== 'string' || !literal.startsWith('#') || literal === '#') return true
  return containedResource(literal.slice(1), container) !== undefined
}

export function containedResource(id: string, container: unknown): { readonly resourceType?: unknown } | undefined {
  const { contained } = container as { contained?: unknown }
  if (!Array.isArray(contained)) return undefined
  return (
    (contained as ({ readonly id?: unknown; readonly resourceType?: unknown } | null)[]).find(
      (one) => one?.id === id,
    ) ?? undefined
  )
}
