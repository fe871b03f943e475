import type { Resource } from '@medplum/fhirtypes'
import type { MappedRecord } from '../../../mappers/mapping.ts'
import { FhirError } from '../../errors.ts'
import { make, type Made } from '../../interactions/decide.ts'
import type { Intake } from '../intake.ts'
import type { Assembled } from './assemble.ts'

const ahead = new WeakMap<object, Made>()

/** References that were made ahead lately: what comes again is there by then, and will be joined with that. */
type Seen = Set<string>

const REMEMBERED = 20_000

/**
 * Makes the versions (text, search entries) of a record's resources before its turn to be written comes: that needs no
 * database, and while the batch before is being written the processor has nothing else to do. What turns out to be
 * joined with a stored version is made again; what is refused is refused when its turn comes.
 */
export function makeAhead({ house }: Intake, { resources }: MappedRecord, seen: Seen): void {
  for (const { resource, exact, how } of resources) {
    if (how !== 'whole' && !(how === 'merge' && isNew(`${resource.resourceType}/${resource.id}`, seen))) continue
    try {
      ahead.set(resource, make(house, { value: resource, exact }, resource.id))
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
    }
  }
}

function isNew(reference: string, seen: Seen): boolean {
  if (seen.size >= REMEMBERED) seen.clear()
  const { size } = seen
  return seen.add(reference).size > size
}

export function madeAhead(resource: Resource): Made | undefined {
  return ahead.get(resource)
}

/** A copy that says the same. */
export function madeAheadFor(copy: Resource, original: Resource): void {
  const made = ahead.get(original)
  if (made) ahead.set(copy, made)
}

/** The same of the Provenances of a batch: they are known when it is assembled. */
export function makeOrigins({ house }: Intake, { entries }: Assembled): void {
  for (const entry of entries) {
    const { document, path } = entry
    if (entry.type === 'Provenance' && document) entry.made ??= make(house, document, path[1] ?? '')
  }
}
