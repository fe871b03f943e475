import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { ALL_LABELS } from '../fhir/privacy/labels.ts'
import { typeNumber } from '../fhir/types.ts'
import { readCared } from '../store/cared.ts'
import { readCurrent, type Named } from '../store/read.ts'
import type { Glimpse, Sight } from '../store/sight.ts'
import type { Entry } from './entry.ts'
import type { OpenNotes } from './notes.ts'
import { sightOf } from './sight.ts'
import type { Looked } from './visit.ts'

/**
 * Reads one resource for who enters. Where it is another's, and role and scopes show what is in care, whether the patient is
 * in care comes with it: mostly that is the answer, and what else is open need not be read (`Visit.widen`). To ask for care
 * takes a third longer, so whoever reads their own all the time is not asked it until they read another's.
 */
export async function look(entry: Entry, db: Queryable, notes: OpenNotes, what: Named): Promise<Looked> {
  const { facility, habit } = entry
  if (facility === undefined || !mayShowInCare(entry, what.type))
    return { row: await readCurrent(db, 'all', what.type, what.id) }
  if (habit.own >= USUAL) {
    const row = await readCurrent(db, 'all', what.type, what.id)
    if (!row || row.facility === facility) return { row }
  }
  const { row, withheld } = await readCared(db, { ...what, facility })
  if (row) habit.own = row.facility === facility ? habit.own + 1 : 0
  if (!row || withheld === undefined) return { row }
  return { row, sight: notes.through(ofPatient(inCare(entry, withheld), row.patient)) }
}

/** So many of their own in a row. */
const USUAL = 8

function mayShowInCare(entry: Entry, type: ResourceType): boolean {
  return inCare(entry, ALL_LABELS).some((glimpse) => showsInCare(glimpse, typeNumber(type)))
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
    known.set(
      withheld,
      (glimpses = sightOf({ standing, rule, facility, person, opened: [{ members: [ANYBODY], openings }] })),
    )
  }
  return glimpses
}

const ANYBODY = 1n

function ofPatient(glimpses: readonly Glimpse[], patient: bigint): Sight {
  return glimpses.map((glimpse) => (glimpse.tier === 'care' ? { ...glimpse, patients: [patient] } : glimpse))
}
