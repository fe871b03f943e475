import { issue, type Issue } from '../../../mappers/issues.ts'
import type { Facility, MappedRecord } from '../../../mappers/mapping.ts'
import type { Queryable } from '../../db/database.ts'
import type { FhirError } from '../../errors.ts'
import { typeNumber } from '../../fhir/types.ts'
import { deskEntries } from '../../interactions/transaction/at-desk.ts'
import type { Done } from '../../interactions/transaction/deciding.ts'
import type { CarryOut } from '../../interactions/transaction/transaction.ts'
import { contextOf, type Intake } from '../intake.ts'
import type { MadeVersion } from '../made.ts'
import type { Assembled, Pending } from './assemble.ts'
import type { Item } from './item.ts'

/** What the desk made of a batch: the versions of each record, and what it warned of. */
export interface Written {
  readonly made: ReadonlyMap<Item, readonly MadeVersion[]>
  readonly warnings: ReadonlyMap<Item, readonly Issue[]>
}

/** Puts the batch on the desk, where all is done that needs no database; `early`: before its turn to be written. */
export function present(intake: Intake, facility: Facility, { entries }: Assembled, early = false): Promise<CarryOut> {
  return deskEntries(intake.house, contextOf(intake, facility), entries, early)
}

/**
 * All of the batch is written, and `along` with it in one transaction, or none (FhirError). `along` is told what the desk
 * made, and run again when the transaction is.
 */
export async function writeBatch(
  batch: Assembled,
  carryOut: CarryOut,
  along: (tx: Queryable, written: Written) => Promise<void>,
): Promise<void> {
  const { done } = await carryOut((tx, each) => along(tx, writtenOf(batch, each)))
  for (const { planned } of done) planned.told.settled()
}

export const nothingWritten: Written = { made: new Map(), warnings: new Map() }

function writtenOf({ pending }: Assembled, done: readonly Done[]): Written {
  const made = new Map<Item, MadeVersion[]>()
  const warnings = new Map<Item, Issue[]>()
  for (const { planned, decision } of done) {
    const { items, document } = pending[planned.entry.index] as Pending
    if (!document || !('row' in decision)) continue
    const told = [...(decision.warnings ?? []), ...planned.told.notes]
    const masked = told.length > 0 && JSON.stringify(told).includes('Aadhaar')
    const { type, rid, version } = decision.row
    const own = type === 'Provenance' ? undefined : typeNumber(type)
    for (const item of items) {
      if (own !== undefined) append(made, item, { type: own, rid, version, mapping: item.run.version })
      if (masked) append(warnings, item, issue('AADHAAR', { line: item.record.line }))
    }
  }
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
