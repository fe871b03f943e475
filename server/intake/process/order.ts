import type { Made } from '../../../mappers/mapping.ts'
import { keyOf } from '../ids.ts'
import type { Item } from './item.ts'

/**
 * Of messages the record's own key is the message (MSH-10), so it does not tell what the record is a newer or older version
 * of: that are the resources that it writes. Each of them has a row in record_key with the sender's time of the last one
 * that wrote it, and of a message that comes late only that is taken which no newer one has told.
 */
export function orderKeys(item: Item): Map<string, string> {
  const { run, record, at } = item
  if (run.mapping.kind !== 'hl7v2' || at === undefined || record.state !== 'mapped') return new Map()
  const ordered = [...record.resources.filter(hasOrder).map(referenceOf), ...record.removes]
  return new Map(ordered.map((reference) => [reference, keyOf(run.message.facility, `\0at ${reference}`)]))
}

/** What stands within another one goes with it: the values of a report are as new as the report. */
const WITHIN: ReadonlySet<string> = new Set(['Observation', 'Specimen'])

function hasOrder({ resource, how }: Made): boolean {
  return how !== 'keep' && !WITHIN.has(resource.resourceType)
}

export function referenceOf({ resource }: Pick<Made, 'resource'>): string {
  return `${resource.resourceType}/${resource.id}`
}

/** The resources of a record of which a newer version is known. */
export function outdated(item: Item, lastAt: (key: string) => number | undefined): Set<string> {
  const { at, record } = item
  const older = new Set<string>()
  for (const [reference, key] of orderKeys(item)) {
    if (at !== undefined && at < (lastAt(key) ?? at)) older.add(reference)
  }
  const heads = record.resources.filter((made) => made.how === 'whole' && hasOrder(made)).map(referenceOf)
  if (heads.length > 0 && heads.every((reference) => older.has(reference))) {
    for (const made of record.resources) if (WITHIN.has(made.resource.resourceType)) older.add(referenceOf(made))
  }
  return older
}
