import { fault, isJson, listed, textOf, type Json, type Place, type Strict } from './context.ts'

/** Element.id is unique in its resource (https://hl7.org/fhir/R4/element-definitions.html#Element.id); contained resources have their own. */
export function idFaults(strict: Strict, resource: Json, place: Place): void {
  const seen = new Set<string>()
  visit(resource, place, true)
  containedIds(strict, resource, place)

  function visit(value: unknown, at: Place, top: boolean): void {
    if (Array.isArray(value)) return value.forEach((one: unknown, i) => visit(one, [...at, i], false))
    if (!isJson(value) || (!top && typeof value['resourceType'] === 'string') || at.length > 100) return
    const id = textOf(value['id'])
    if (!top && id !== undefined) {
      if (seen.has(id))
        fault(
          strict,
          [...at, 'id'],
          'duplicate',
          'Another element of this resource has the same id.',
          'Give each element an id of its own, or none.',
        )
      seen.add(id)
    }
    for (const key in value) {
      // The two views of a definition name the same elements; each is looked at by itself (conformance.ts).
      if (top && value['resourceType'] === 'StructureDefinition' && (key === 'snapshot' || key === 'differential'))
        continue
      const member = value[key]
      if (typeof member === 'object' && member !== null) visit(member, [...at, key.replace(/^_/, '')], false)
    }
  }
}

/** https://hl7.org/fhir/R4/references.html#contained */
function containedIds(strict: Strict, resource: Json, place: Place): void {
  const seen = new Set<string>()
  for (const [i, one] of listed(resource['contained'])) {
    const at = [...place, 'contained', i]
    const id = textOf(one['id'])
    if (id === undefined)
      fault(strict, at, 'required', 'A contained resource needs an id, by which it is referred to.', 'Add an id.')
    else if (seen.has(id))
      fault(
        strict,
        [...at, 'id'],
        'duplicate',
        'Another contained resource has the same id.',
        'Give each an id of its own.',
      )
    else seen.add(id)
    if (id?.startsWith('#'))
      fault(
        strict,
        [...at, 'id'],
        'value',
        'The id of a contained resource has no #; only references to it do.',
        'Leave out the #.',
      )
  }
}
