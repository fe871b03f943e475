import type { ResourceType } from '@medplum/fhirtypes'
import { FhirError } from '../../errors.ts'
import type { Criterion } from '../../fhir/query/plan.ts'
import { isResourceType } from '../../fhir/types.ts'
import { compartmentSearch, type Sources } from './compartment.ts'

/** What an address searches: everything, one type, or what belongs to one compartment. */
export interface Place {
  /** Below the base, without `_search`. */
  readonly path: string
  readonly types?: readonly ResourceType[]
  readonly within?: Criterion
}

/** `[]`, `['Patient']`, `['Patient', '1', 'Observation']`, `['Encounter', '1', '*']`, each perhaps with `_search`. */
export function placeOf(house: Sources, segments: readonly string[]): Place {
  const path = segments.at(-1) === '_search' ? segments.slice(0, -1) : segments
  const [type, id, member] = path
  if (type === undefined) return { path: '' }
  if (!isResourceType(type)) throw new FhirError('unknown-type', 'The address names no resource type.')
  if (path.length === 1) return { path: type, types: [type] }
  if (path.length !== 3 || id === undefined || member === undefined)
    throw new FhirError('not-found', 'There is nothing to search at this address.')
  return { path: path.join('/'), ...compartmentSearch(house, type, id, member) }
}
