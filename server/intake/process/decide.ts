import { issue, type Issue } from '../../../mappers/issues.ts'
import { controlIdOf } from '../control-id.ts'
import { ownOf, type Own } from '../made.ts'
import type { Item, Known, Verdict } from './item.ts'
import { orderKeys, outdated } from './order.ts'
import { saidBy } from './said.ts'

export interface Asked {
  /** What was accepted under each key; changed as the records of the batch are judged one after the other. */
  readonly known: Map<string, Known>
  /** Whether a resource is stored (`Patient/p1`). */
  readonly stored: (reference: string) => boolean
  /** What the database or the rules refused in a try before. */
  readonly refused: ReadonlyMap<Item, readonly Issue[]>
  /** Milliseconds since 1970 before which what waits has waited long enough. */
  readonly patience: number
}

/** What becomes of each record of a batch, in order; pure. */
export function decide(items: readonly Item[], asked: Asked): Verdict[] {
  const known = new Map(asked.known)
  const pending = new Set<string>()
  return items.map((item) => {
    const verdict = judge(item, asked, known, pending)
    if (verdict.write) {
      const { record, run, fingerprint, at } = item
      for (const { resource } of record.resources) pending.add(`${resource.resourceType}/${resource.id}`)
      const itself = {
        message: run.message.id,
        number: record.number,
        fingerprint,
        at,
        own: (): readonly Own[] => [],
        said: () => saidBy(item),
      }
      known.set(item.key, { ...itself, own: () => ownResources(item) })
      for (const [reference, key] of orderKeys(item)) if (!verdict.write.outdated.has(reference)) known.set(key, itself)
    }
    return verdict
  })
}

function judge(item: Item, asked: Asked, known: Map<string, Known>, pending: ReadonlySet<string>): Verdict {
  const { record, run } = item
  const { issues } = record
  if (record.state === 'ignored') return { item, state: 'ignored', issues }
  if (record.state === 'quarantined') return { item, state: 'quarantined', issues }
  const refusal = asked.refused.get(item)
  if (refusal) return { item, state: 'quarantined', issues: [...issues, ...refusal] }
  if (MASKED.test(record.key) || MASKED.test(record.lane)) {
    const detail = 'It stands where the record has its own number, so the record cannot be told from others.'
    return {
      item,
      state: 'quarantined',
      issues: [...issues, issue('AADHAAR', { line: record.line, level: 'error', detail })],
    }
  }
  const before = known.get(item.key)
  if (before && !isItself(item, before)) {
    if (before.fingerprint === item.fingerprint) return { item, state: 'duplicate', issues: [] }
    if (isReused(item))
      return { item, state: 'quarantined', issues: [...issues, issue('MSG_ID_REUSED', { line: record.line })] }
    if (isOlder(item, before)) return { item, state: 'superseded', issues: [issue('STALE', { line: record.line })] }
  }
  const needs = missing(item, asked, pending)
  if (needs.length > 0) {
    if (run.message.arrived.getTime() >= asked.patience) return { item, state: 'parked', issues, needs }
    const detail = `It refers to ${[...new Set(needs.map((need) => need.split('/')[0]))].join(', ')}.`
    return { item, state: 'quarantined', issues: [...issues, issue('REF_MISSING', { line: record.line, detail })] }
  }
  const warned = issues.some(({ level }) => level === 'warning')
  const older = outdated(item, (key) => known.get(key)?.at)
  return { item, state: warned ? 'accepted-with-warnings' : 'accepted', issues, write: { before, outdated: older } }
}

/** As server/fhir/rules/aadhaar.ts masks. */
const MASKED = /X{12}|X{4}[^0-9A-Za-z]{1,3}X{4}[^0-9A-Za-z]{1,3}X{4}/

/** Processed again: what this record itself made before. */
function isItself({ run, record }: Item, before: Known): boolean {
  return before.message === run.message.id && before.number === record.number
}

/** An HL7 message whose key is its control id (MSH-10) says it is the one that came before, and is not. */
function isReused({ run, record }: Item): boolean {
  return run.mapping.kind === 'hl7v2' && controlIdOf(Buffer.from(record.raw())) === record.key
}

/** By the sender's own time where both have one, else by arrival. */
function isOlder({ at, run, record }: Item, before: Known): boolean {
  if (at !== undefined && before.at !== undefined && at !== before.at) return at < before.at
  if (run.message.id !== before.message) return run.message.id < before.message
  return record.number < before.number
}

function missing({ record }: Item, { stored }: Asked, pending: ReadonlySet<string>): string[] {
  const needs = [...record.needs, ...record.merges.map(({ into }) => into)]
  return needs.filter((need) => !pending.has(need) && !stored(need))
}

/** Nobody's own: shared by records, never deleted because one of them no longer makes them. */
const SHARED: ReadonlySet<string> = new Set([
  'Patient',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'Location',
  'Provenance',
])

export function ownResources({ record }: Item) {
  return record.resources
    .filter(({ resource, how }) => how !== 'keep' && how !== 'document' && !SHARED.has(resource.resourceType))
    .map(({ resource }) => ownOf(`${resource.resourceType}/${resource.id}`))
}
