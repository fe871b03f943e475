import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { ALL_LABELS } from '../fhir/privacy/labels.ts'
import { typeNumber } from '../fhir/types.ts'
import { readCared } from '../store/cared.ts'
import { readCurrent } from '../store/read.ts'
import type { Glimpse, Sight } from '../store/sight.ts'
import type { Entry } from './entry.ts'
import { sightOf } from './sight.ts'
import type { Looked } from './visit.ts'

/**
 * Reads one resource for who enters. Where it is another's, and role and scopes show what is in care, whether the patient is
 * in care comes with it: mostly that is the answer, and what else is open need not be read (`Visit.widen`).
 */
export async function look(entry: Entry, db: Queryable, type: ResourceType, id: string): Promise<Looked> {
  const { facility } = entry
  const shown = inCare(entry, ALL_LABELS).some((glimpse) => showsInCare(glimpse, typeNumber(type)))
  if (facility === undefined || !shown) return { row: await readCurrent(db, 'all', type, id) }
  const { row, withheld } = await readCared(db, { type, id, facility })
  if (!row || withheld === undefined) return { row }
  return { row, sight: ofPatient(inCare(entry, withheld), row.patient) }
}

function showsInCare({ tier, types, where }: Glimpse, type: number): boolean {
  return tier === 'care' && where === undefined && (types?.includes(type) ?? true)
}

/** What somebody in care shows: the same of each but for whose it is, so it is made once. */
function inCare(entry: Entry, withheld: number): readonly Glimpse[] {
  const { inCare: known, standing, rule, facility, patient } = entry
  let glimpses = known.get(withheld)
  if (!glimpses) {
    const openings = [{ tier: 'care', withheld, types: null, from: null, to: null }] as const
    const person = patient === undefined ? undefined : [patient]
    known.set(withheld, (glimpses = sightOf({ standing, rule, facility, person, opened: [{ members: [ANYBODY], openings }] }))) // prettier-ignore
  }
  return glimpses
}

const ANYBODY = 1n

function ofPatient(glimpses: readonly Glimpse[], patient: bigint): Sight {
  return glimpses.map((glimpse) => (glimpse.tier === 'care' ? { ...glimpse, patients: [patient] } : glimpse))
}
