import type { ResourceType } from '@medplum/fhirtypes'
import { sightFor } from '../access/see.ts'
import { visitOf, type Looked, type Visit } from '../access/visit.ts'
import type { Queryable } from '../db/database.ts'
import { rid } from '../fhir/keys.ts'
import { patientsOfVersions, readCurrent, readTombstone } from '../store/read.ts'
import { seenOf } from '../store/seen.ts'
import { byColumns, sees } from '../store/sight.ts'
import type { Row } from '../store/types.ts'
import { absence } from './decide.ts'
import type { House } from './house.ts'

/** A resource as it stands, and the visit with the sight that shows it. */
export interface Current {
  readonly row: Row
  readonly visit: Visit
}

/** The current version, if it is seen: 404 when it is not, 410 when its deletion is. */
export async function currentSeen({ db }: House, visit: Visit, type: ResourceType, id: string): Promise<Current> {
  const looked: Looked = visit.look ? await visit.look(type, id) : { row: await readCurrent(db, 'all', type, id) }
  const { row, sight } = looked
  return currentOf(db, sight ? visitOf(visit, { ...visit, sight, widen: undefined }) : visit, type, id, row)
}

async function currentOf(
  db: Queryable,
  visit: Visit,
  type: ResourceType,
  id: string,
  row: Row | undefined,
): Promise<Current> {
  if (!row) throw absence(await tombstoneSeen(db, visit, type, id))
  if (visit.sight === 'all') return { row, visit }
  const near = await sighted(db, visit, [row])
  const [seen] = await seenOf(db, near.sight, [row])
  if (!seen) throw absence(undefined)
  return { row: seen, visit: near }
}

async function tombstoneSeen(db: Queryable, visit: Visit, type: ResourceType, id: string): Promise<Row | undefined> {
  const row = await readTombstone(db, 'all', type, id)
  if (!row) return undefined
  const { sight } = await sighted(db, visit, [row])
  return sees(byColumns(sight), row) && row
}

/** The visit with what is open of the people these rows are about, where it does not see them all without. */
export async function sighted(db: Queryable, visit: Visit, rows: readonly Row[]): Promise<Visit> {
  const sure = byColumns(visit.sight)
  return rows.every((row) => sees(sure, row)) ? visit : widened(db, visit, rows)
}

/** The same in any case: for what is read on from these rows. */
export async function widened(
  db: Queryable,
  visit: Visit,
  rows: readonly Pick<Row, 'rid' | 'type' | 'patient'>[],
): Promise<Visit> {
  return visit.widen ? visitOf(visit, { ...visit, sight: await sightFor(visit, rows, db), widen: undefined }) : visit
}

/** The visit with what is open of these Patients' people. */
export async function widenedTo(db: Queryable, visit: Visit, patients: readonly bigint[]): Promise<Visit> {
  return visit.widen ? visitOf(visit, { ...visit, sight: await visit.widen(patients, db), widen: undefined }) : visit
}

/** The visit with what is open of everybody whom a version of this resource was ever about. */
export async function sightedForVersions(db: Queryable, visit: Visit, type: ResourceType, id: string): Promise<Visit> {
  if (!visit.widen) return visit
  const key = rid(type, id)
  const patients = await patientsOfVersions(db, type, key)
  return widened(
    db,
    visit,
    patients.map((patient) => ({ rid: key, type, patient })),
  )
}
