import { FhirError } from '../../errors.ts'
import { absence } from '../../interactions/decide.ts'
import type { House } from '../../interactions/house.ts'
import { patientRid, patientsAround } from '../../store/compartment.ts'
import { readLast } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'
import { referencesIn } from './references.ts'

/** How far links are followed, and how many records one person may have. */
const STEPS = 8
const MOST = 64

/**
 * The row keys of the Patient resources that are one person: linked by Patient.link in either direction, over several
 * steps. 404 when the first was never there, 410 when it was deleted.
 */
export async function linkedPatients(house: House, id: string): Promise<bigint[]> {
  const found = new Set([patientRid(id)])
  let fresh = [...found]
  for (let step = 0; fresh.length > 0 && step < STEPS; step++) {
    const rows = await patientsAround(house.db, fresh)
    if (step === 0 && !rows.some((row) => row.id === id)) throw absence(await readLast(house.db, 'Patient', id))
    fresh = [...new Set(rows.flatMap(neighbours))].filter((key) => !found.has(key))
    for (const key of fresh) found.add(key)
    if (found.size > MOST) throw new FhirError('too-costly', `More than ${MOST} Patients are linked to this one.`)
  }
  return [...found]
}

/**
 * Of a whole compartment: does it hold this Patient alone, linking to nobody? Who links to it would be in the compartment
 * too, so then nobody does.
 */
export function isAlone(compartment: readonly Row[], id: string): boolean {
  const patients = compartment.filter((row) => row.type === 'Patient')
  const [patient] = patients
  return patients.length === 1 && patient?.id === id && neighbours(patient).every((key) => key === patient.rid)
}

/** The Patient itself, and those it links to. */
function neighbours(row: Row): bigint[] {
  const targets = referencesIn(row.body ?? '').filter(({ type }) => type === 'Patient')
  return [row.rid, ...targets.map((target) => target.rid)]
}
