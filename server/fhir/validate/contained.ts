/**
 * dom-3 (https://hl7.org/fhir/R4/domainresource-definitions.html): every contained resource is referred to from
 * elsewhere in its container, or refers to the container.
 */
export function containedAreUsed(resource: unknown): boolean {
  const { contained } = resource as { contained?: unknown }
  if (!Array.isArray(contained)) return true
  const outside = localReferences(resource, contained)
  const inside = contained.map((one: unknown) => localReferences(one))
  const named = new Set(outside)
  for (const references of inside) for (const one of references) named.add(one)
  return contained.every((one: unknown, i) => {
    if (inside[i]?.has('#')) return true
    const id = (one as { id?: unknown } | null)?.id
    if (typeof id !== 'string') return false
    return named.has(`#${id}`)
  })
}

/** Every string that begins with #: a reference, canonical, uri or url to something in the same resource. */
function localReferences(value: unknown, aside?: unknown, found = new Set<string>()): Set<string> {
  for (const key in value as object) {
    const member = (value as Record<string, unknown>)[key]
    if (typeof member === 'string') {
      if (member.charCodeAt(0) === HASH) found.add(member)
    } else if (typeof member === 'object' && member !== aside) localReferences(member, aside, found)
  }
  return found
}

const HASH = 0x23
