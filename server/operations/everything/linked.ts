import { FhirError } from '../../errors.ts'
import { absence } from '../../interactions/decide.ts'
import type { House } from '../../interactions/house.ts'
import { patientRid, patientsAround } from '../../store/compartment.ts'
import { followed, linkedRids } from '../../store/person.ts'
import { readCurrent, readTombstone } from '../../store/read.ts'
import type { Sight } from '../../store/sight.ts'
import type { Row } from '../../store/types.ts'
import { referencesIn } from './references.ts'

/** How far links are followed, and how many records one person may have. */
const STEPS = 8
const MOST = 64

/**
 * The row keys of the Patient resources that are one person: those the follower of the Patients holds together, and what
 * Patient.link says, in either direction and over several steps, of records it has not taken in yet. What it has taken in
 * and keeps apart stays apart, whatever a link says. 404 when the first was never there, 410 when it was deleted.
 */
export async function linkedPatients(house: House, sight: Sight, id: string): Promise<bigint[]> {
  const own = patientRid(id)
  const [person, around] = await Promise.all([linkedRids(house.db, sight, own), walk(house, sight, id)])
  if (person === undefined) return around.map(({ rid }) => rid)
  const known = await followed(house.db, around)
  const fresh = known.has(own) ? around.filter(({ rid }) => !known.has(rid)) : around
  const all = [...new Set([...person, ...fresh.map(({ rid }) => rid)])]
  if (all.length > MOST) throw tooMany()
  return all
}

/** Along Patient.link, with the versions seen; what is only named and not there counts too, for others may refer to it. */
async function walk(house: House, sight: Sight, id: string): Promise<{ rid: bigint; version: number }[]> {
  const found = new Map([[patientRid(id), 0]])
  let fresh = [...found.keys()]
  for (let step = 0; fresh.length > 0 && step < STEPS; step++) {
    const rows = await patientsAround(house.db, sight, fresh)
    if (step === 0 && !rows.some((row) => row.id === id)) throw absence(await gone(house, sight, id))
    fresh = [...new Set(rows.flatMap(neighbours))].filter((key) => !found.has(key))
    for (const key of fresh) found.set(key, 0)
    for (const { rid, version } of rows) found.set(rid, version)
    if (found.size > MOST) throw tooMany()
  }
  return [...found].map(([rid, version]) => ({ rid, version }))
}

/** Its tombstone, unless there is one that only others see. */
async function gone({ db }: House, sight: Sight, id: string): Promise<Row | undefined> {
  return (await readCurrent(db, 'all', 'Patient', id)) ? undefined : readTombstone(db, sight, 'Patient', id)
}

function tooMany(): FhirError {
  return new FhirError('too-costly', `More than ${MOST} Patients are linked to this one.`)
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
