import { FhirError } from '../../errors.ts'
import { make, type Made as Version } from '../../interactions/decide.ts'
import type { Made, MappedRecord } from '../../../mappers/mapping.ts'
import type { Intake } from '../intake.ts'
import type { Assembled } from './assemble.ts'
import type { Item } from './item.ts'
import { referenceOf } from './order.ts'

/** References that were made ahead lately: what comes again is there by then, and will be joined with that. */
type Seen = Set<string>

const REMEMBERED = 20_000

/**
 * Makes the versions (text, search entries) of a record's resources, by place, before its turn to be written comes: that
 * needs no database, and while the batch before is being written the processor has nothing else to do. What turns out to be
 * joined with a stored version is made again; what is refused is refused when its turn comes.
 */
export function makeAhead({ house }: Intake, { resources }: MappedRecord, seen: Seen): (Version | undefined)[] {
  return resources.map((made) => {
    const { resource, exact, how } = made
    if (how !== 'whole' && !(how === 'merge' && isNew(referenceOf(made), seen))) return undefined
    try {
      return make(house, { value: resource, exact }, resource.id)
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      return undefined
    }
  })
}

function isNew(reference: string, seen: Seen): boolean {
  if (seen.size >= REMEMBERED) seen.clear()
  const { size } = seen
  return seen.add(reference).size > size
}

/** The version that was made of a record's resource as it is. */
export function madeAhead({ record, versions }: Item, made: Made): Version | undefined {
  return versions[record.resources.indexOf(made)]
}

/** The same of the Provenances of a batch: they are known when it is assembled. */
export function makeOrigins({ house }: Intake, { entries }: Assembled): void {
  for (const entry of entries) {
    const { document, path } = entry
    if (entry.type === 'Provenance' && document) entry.made ??= make(house, document, path[1] ?? '')
  }
}
