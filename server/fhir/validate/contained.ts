/**
 * dom-3 (https://hl7.org/fhir/R4/domainresource-definitions.html): every contained resource is referred to from
 * elsewhere in its container, or refers to the container.
 */
export function containedAreUsed(resource: unknown): boolean {
  const { contained } = resource as { contained?: unknown }
  if (!Array.isArray(contained)) return true
  const outside = localReferences({ ...(resource as object), contained: undefined })
  const inside = contained.map((one: unknown) => localReferences(one))
  return contained.every((one: unknown, i) => {
    if (inside[i]?.has('#')) return true
    const id = (one as { id?: unknown } | null)?.id
    if (typeof id !== 'string') return false
    return outside.has(`#${id}`) || inside.some((references) => references.has(`#${id}`))
  })
}

/** Every string that begins with #: a reference, canonical, uri or url to something in the same resource. */
function localReferences(root: unknown): Set<string> {
  const found = new Set<string>()
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') {
      if (value.startsWith('#')) found.add(value)
    } else if (typeof value === 'object' && value !== null) {
      open.push(...Object.values(value))
    }
  }
  return found
}
