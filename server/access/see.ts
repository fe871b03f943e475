import type { Queryable } from '../db/database.ts'
import { NO_PATIENT, SEVERAL_PATIENTS } from '../fhir/keys.ts'
import type { Seen, Sight } from '../store/sight.ts'
import type { Visit } from './visit.ts'

/** The sight that decides on rows which the near one does not show. */
export async function sightFor(
  visit: Pick<Visit, 'sight' | 'widen'>,
  rows: readonly Pick<Seen, 'rid' | 'type' | 'patient'>[],
  db?: Queryable,
): Promise<Sight> {
  const { sight, widen } = visit
  if (sight === 'all' || !widen) return sight
  const patients = [...new Set(rows.flatMap(patientOf))]
  return patients.length === 0 ? sight : widen(patients, db)
}

/** A Patient is its own, also when it links to others. */
function patientOf({ rid, type, patient }: Pick<Seen, 'rid' | 'type' | 'patient'>): bigint[] {
  if (type === 'Patient') return [rid]
  return patient === NO_PATIENT || patient === SEVERAL_PATIENTS ? [] : [patient]
}
