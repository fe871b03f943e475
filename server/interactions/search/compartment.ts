import type { ResourceType } from '@medplum/fhirtypes'
import { FhirError } from '../../errors.ts'
import { rid, referenceToken } from '../../fhir/keys.ts'
import type { Definitions } from '../../fhir/definitions/types.ts'
import { mergeTypes } from '../../fhir/query/merge.ts'
import { referencesOf } from '../../fhir/query/name.ts'
import { any, type Criterion } from '../../fhir/query/plan.ts'
import type { Registry } from '../../fhir/search/parameter.ts'
import { isResourceType } from '../../fhir/types.ts'

/**
 * `Patient/1/Observation`, `Encounter/1/*`: what the R4 CompartmentDefinitions put into one resource's compartment
 * (https://hl7.org/fhir/R4/compartmentdefinition.html). A type that never is in it is refused, for the
 * alternative, everything there is of that type, would be a leak.
 */
export function compartmentSearch(house: Sources, owner: ResourceType, id: string, member: string) {
  const members = house.definitions.compartment(owner)
  if (!members)
    throw new FhirError(
      'not-found',
      `${owner} has no compartment: it is Patient, Practitioner, RelatedPerson, Device and Encounter that do.`,
    )
  if (member !== '*' && !isResourceType(member))
    throw new FhirError('unknown-type', 'The address names no resource type.')
  if (member !== '*' && !Object.hasOwn(members, member))
    throw new FhirError('not-found', `A ${member} never is in the compartment of a ${owner}.`)
  const types = member === '*' ? Object.keys(members).filter(isResourceType) : [member]
  const key = rid(owner, id)
  const within = mergeTypes(
    types,
    types.map((type) => belongs(house.registry, key, owner, type, members[type] ?? [])),
  )
  return { types, within }
}

export interface Sources {
  readonly registry: Registry
  readonly definitions: Definitions
}

/** By any of the reference parameters that the definition names; the owner itself belongs too. */
function belongs(
  registry: Registry,
  key: bigint,
  owner: ResourceType,
  type: ResourceType,
  codes: readonly string[],
): Criterion {
  const tokens = codes.flatMap((code) => {
    const parameter = registry.find(type, code)
    const references = parameter ? referencesOf(parameter) : []
    return references.filter((one) => one.targets.includes(owner)).map((one) => referenceToken(one.id, key))
  })
  const referring: Criterion[] = tokens.length > 0 ? [{ kind: 'tokens', any: tokens }] : []
  return any(type === owner ? [...referring, { kind: 'rids', rids: [key] }] : referring)
}
