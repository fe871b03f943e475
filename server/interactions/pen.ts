import type { ResourceType } from '@medplum/fhirtypes'
import { sightFor } from '../access/see.ts'
import { silent, type Pen, type PenLimits, type Visit } from '../access/visit.ts'
import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import { NO_PATIENT } from '../fhir/keys.ts'
import type { Entries } from '../fhir/search/entries.ts'
import { typeNumber } from '../fhir/types.ts'
import { byColumns, sees, type Glimpse } from '../store/sight.ts'
import type { How, Row } from '../store/types.ts'

/** Whose hand writes: of a visit, or the server's own. */
export type Writer = Pick<Visit, 'sight' | 'widen' | 'pen' | 'notes'>

/** Golden Patients, decisions on links: the city's own. */
export const serverItself: Writer = { sight: 'all', pen: { owner: 0n }, notes: silent }

/** Nothing to hold a write against, and nobody takes notes of it: it needs no transaction for their sake. */
export function isFree({ pen, notes }: Writer): boolean {
  return pen.limits === undefined && notes === silent
}

/** A type that may not be written at all is refused before anything of it is looked at. A patch is an update. */
export function checkType({ limits }: Pen, how: How, type: ResourceType): void {
  if (!limits || limits.types[how === 'p' ? 'u' : how].includes(typeNumber(type))) return
  throw new FhirError('forbidden', `You may not ${DOES[how]} a ${type}`)
}

const DOES: Record<How, string> = { c: 'create', u: 'update', p: 'update', d: 'delete' }

/** The writer with a sight that can tell of these rows too: what openings add is read only for rows that need it. */
export async function facing(tx: Queryable, writer: Writer, rows: readonly Row[]): Promise<Writer> {
  const dark = rows.filter((row) => sees(writer.sight, row) === undefined)
  return dark.length === 0 ? writer : { ...writer, sight: await sightFor(writer, dark, tx) }
}

/**
 * Whether a row may be written, of which there is a version or a tombstone (access/README.md, "Answers"): what others own
 * is 403 when it is seen, and else not there. It is looked at before anything the caller sent is compared with it.
 */
export function checkRow({ sight, pen }: Writer, row: Row, absent = unheardOf): void {
  if (isMine(pen, row)) return
  if (sees(byColumns(sight), row) === undefined) throw new Taken(absent())
  throw new FhirError('forbidden', [
    { message: 'The resource is not your own', hint: 'Only the facility that made a resource may change it.' },
  ])
}

export function isMine({ owner, limits }: Pen, row: Pick<Row, 'rid' | 'facility' | 'patient'>): boolean {
  if (!limits) return true
  return (limits.everyones ?? row.facility === owner) && isOfPatients(limits, row.rid, row.patient)
}

/** A new version by a pen for some Patients must be about exactly one of them. */
export function checkPatient({ limits }: Pen, rid: bigint, { patients }: Entries): void {
  if (!limits || isOfPatients(limits, rid, patients.length > 1 ? undefined : (patients[0] ?? NO_PATIENT))) return
  throw new FhirError(
    'forbidden',
    limits.everyones
      ? 'The resource is about a patient'
      : 'The resource is not about the one patient you may write for',
  )
}

function isOfPatients({ patients, everyones }: PenLimits, rid: bigint, patient: bigint | undefined): boolean {
  if (everyones) return patient === NO_PATIENT
  if (!patients) return true
  return patients.includes(rid) || (patient !== undefined && patients.includes(patient))
}

/** The rows of one type that a limited pen may write, as something seen. */
export function mineOf({ owner, limits }: Pen, type: ResourceType): Glimpse {
  const { everyones, patients = everyones && [NO_PATIENT] } = limits ?? {}
  const facility = everyones ? {} : { facility: owner }
  return { tier: 'own', types: [typeNumber(type)], ...facility, withheld: 0, ...(patients && { patients }) }
}

/**
 * Ids that the server derives from senders' numbers (UUID version 8: mappers/build/identity.ts, documents/identity.ts) can be
 * reckoned out by who knows the number. Nobody else makes resources under such ids: they would lie in wait for the record to
 * come, which would then be theirs, and find out by trying which records are there.
 */
export function isDerived(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)
}

/** Taken by another, or free: the same words. */
export function reserved(): FhirError {
  return new FhirError('not-found', [
    {
      message: 'There is no such resource',
      hint: 'Ids of this form (UUID version 8) are the server’s to give: create it by POST, or under another id.',
    },
  ])
}

/**
 * What a write runs into that is there and not seen. Where a free id would be taken (PUT), it is told only of a write that
 * nothing else speaks against: whoever tries ids by writes that fail anyhow learns nothing of them, and others leave a
 * resource for each that is free.
 */
export class Taken extends FhirError {
  constructor({ refusal, issues }: FhirError) {
    super(refusal, issues)
  }
}

/** What was never there and what is not seen are told in the same words. */
export function unheardOf(): FhirError {
  return new FhirError('not-found', 'There is no such resource')
}
