import type { Bundle } from '@medplum/fhirtypes'
import { issue, type Issue } from '../../../mappers/issues.ts'
import type { Facility, MappedRecord } from '../../../mappers/mapping.ts'
import type { FhirError } from '../../errors.ts'
import { desk } from '../../interactions/desk.ts'
import { vouch } from '../../interactions/document.ts'
import { contextOf, type Intake } from '../intake.ts'
import { ownOf, type MadeVersion } from '../made.ts'
import type { Assembled } from './assemble.ts'
import type { Item } from './item.ts'

/** What the desk made of a batch: the versions of each record, and what it warned of. */
export interface Written {
  readonly made: ReadonlyMap<Item, readonly MadeVersion[]>
  readonly warnings: ReadonlyMap<Item, readonly Issue[]>
}

/** Puts the batch on the desk: all of it is written, or none (FhirError). */
export async function writeBatch(intake: Intake, facility: Facility, batch: Assembled): Promise<Written> {
  const made = new Map<Item, MadeVersion[]>()
  const warnings = new Map<Item, Issue[]>()
  if (batch.pending.length === 0) return { made, warnings }
  const body = { kind: 'json', document: batch.bundle, contentType: 'application/fhir+json' } as const
  const context = contextOf(intake, facility)
  const reply = await desk(intake.house, context, { method: 'POST', path: [], query: [], headers: {}, body })
  const { entry = [] } = JSON.parse(typeof reply.body === 'string' ? reply.body : '{}') as Bundle
  batch.pending.forEach(({ reference, items, document }, i) => {
    const { response } = entry[i] ?? {}
    const version = Number(/"(\d+)"/.exec(response?.etag ?? '')?.[1] ?? 0)
    const masked = JSON.stringify(response?.outcome ?? '').includes('Aadhaar')
    for (const item of items) {
      if (document && version > 0 && !reference.startsWith('Provenance/')) {
        append(made, item, { ...ownOf(reference), version, mapping: item.run.version })
      }
      if (masked) append(warnings, item, issue('AADHAAR', { line: item.record.line }))
    }
  })
  return { made, warnings }
}

/** Which records a refusal is about: those whose entries it names; none when it names none. */
export function culprits(intake: Intake, batch: Assembled, error: FhirError): Map<Item, Issue[]> {
  const found = new Map<Item, Issue[]>()
  for (const { path = '', message } of error.issues) {
    const [, at = '', within = ''] = /^Bundle\.entry\[(\d+)\](?:\.resource)?(.*)$/.exec(path) ?? []
    const pending = at === '' ? undefined : batch.pending[Number(at)]
    if (!pending) continue
    const type = pending.reference.split('/')[0] ?? ''
    for (const item of guilty(intake, pending.items, pending.reference)) {
      const detail = `${type}${within}: ${message.replace(/ \(entry \d+.*\)$/, '')}`
      append(found, item, issue('RESOURCE_INVALID', { line: item.record.line, detail }))
    }
  }
  return found
}

/** Of several records that make one resource, those whose own part is not sound; if all are, whoever came last. */
function guilty({ house }: Intake, items: readonly Item[], reference: string): readonly Item[] {
  if (items.length < 2) return items
  const bad = items.filter(({ record }) =>
    record.resources.some(
      ({ resource }) =>
        `${resource.resourceType}/${resource.id}` === reference &&
        house.validator.validate(resource).some(({ severity = 'error' }) => severity === 'error'),
    ),
  )
  return bad.length > 0 ? bad : items.slice(-1)
}

/** What can be known of a record before anything is written: its resources against base R4. */
export function unsound({ house }: Intake, record: MappedRecord): Issue[] {
  return record.resources.flatMap(({ resource }) => {
    const found = house.validator.validate(resource).filter(({ severity = 'error' }) => isFault(severity))
    if (found.length === 0) vouch(resource)
    return found.map(({ path = resource.resourceType, message }) =>
      issue('RESOURCE_INVALID', { line: record.line, detail: `${path}: ${message}` }),
    )
  })
}

function isFault(severity: string): boolean {
  return severity === 'error' || severity === 'fatal'
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const there = map.get(key)
  if (there) there.push(value)
  else map.set(key, [value])
}
