import type { Visit } from '../../access/visit.ts'
import { rid } from '../../fhir/keys.ts'
import type { House } from '../../interactions/house.ts'
import { agentNames, patientIds, type AuditEntry } from '../../store/audit-search.ts'
import type { Legend } from './event.ts'
import type { Trail } from './trail.ts'

/** What a page of entries needs to be read: two or three look-ups for all of them. */
export async function legendOf(
  { db }: House,
  { base }: Visit,
  { only }: Trail,
  entries: readonly AuditEntry[],
): Promise<Legend> {
  const patients = distinct(entries.flatMap((entry) => entry.patients)).filter((key) => !only || only.has(key))
  const staff = distinct(entries.flatMap(({ kind, who }) => (kind === 's' ? [who] : [])))
  const facilities = distinct(entries.flatMap(({ facility }) => facility ?? []))
  const [ids, names] = await Promise.all([
    patientIds(db, patients),
    agentNames(
      db,
      staff,
      facilities.map((id) => rid('Organization', id)),
    ),
  ])
  return {
    base,
    patient: (key) => ids.get(key),
    staff: (id) => names.staff.get(id),
    facility: (id) => names.facilities.get(id),
    only,
  }
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}
