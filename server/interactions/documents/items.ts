import type { Bundle, Identifier, Resource, ResourceType } from '@medplum/fhirtypes'
import { partsOf, type Document } from '../../fhir/json.ts'
import { maskAadhaar } from '../../fhir/rules/aadhaar.ts'
import { formed, type Systems } from '../../fhir/rules/systems.ts'
import { derivedId } from './identity.ts'

/** A resource of a document, on its way to stand alone. */
export interface Item {
  readonly index: number
  readonly type: ResourceType
  readonly document: Document<Resource>
  /** The addresses it goes by inside the document. */
  readonly names: readonly string[]
  /** Its own inside the transaction, and the id behind it if nothing older is found. */
  readonly id: string
  readonly fullUrl: string
  /** By national registers only: `system|value`, canonical. Whoever is known by one is not made again. */
  readonly registered: readonly string[]
  /** `Type/id` of what the directory has of it already. */
  readonly known?: string
}

/** Every resource of the document, under an id that follows from the document's key and its place or name in it. */
export function itemsOf(document: Document<Bundle>, key: string, systems: Systems): Item[] {
  const parts = partsOf(document, 'entry', 'resource') as Document<Resource>[]
  return (document.value.entry ?? []).map(({ fullUrl }, index) => {
    const part = parts[index] as Document<Resource>
    const { resourceType: type, id: given } = part.value
    const id = derivedId(key, type, fullUrl ?? given ?? String(index))
    return {
      index,
      type,
      document: part,
      names: namesOf(fullUrl, type, given),
      id,
      fullUrl: `urn:uuid:${id}`,
      registered: registeredAs(part.value, systems),
    }
  })
}

/** In the wild a fullUrl is a urn, an address, or a bare `Type/id`, and references may use any of them. */
function namesOf(fullUrl: string | undefined, type: ResourceType, id: string | undefined): string[] {
  const tail = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})$/.exec(fullUrl ?? '')?.[1]
  const names = [fullUrl, tail, id && `${type}/${id}`, id && `urn:uuid:${id}`]
  return names.filter((name): name is string => typeof name === 'string' && name !== '')
}

function registeredAs(resource: Resource, systems: Systems): string[] {
  const { resourceType, identifier } = resource as { resourceType: ResourceType; identifier?: unknown }
  const all = (Array.isArray(identifier) ? identifier : []) as Identifier[]
  return all.flatMap((one) => {
    const name = canonicalName(one, systems)
    return name !== undefined && systems.of(one.system ?? '')?.types.includes(resourceType) ? [name] : []
  })
}

/** `system|value` of an identifier, in the form it is stored in; of an Aadhaar number, which is not, nothing. */
export function canonicalName({ system, value }: Identifier, systems: Systems): string | undefined {
  if (typeof system !== 'string' || typeof value !== 'string' || maskAadhaar(value) !== value) return undefined
  const register = systems.of(system)
  return register ? `${register.system}|${formed(register, value).value}` : `${system}|${value}`
}
