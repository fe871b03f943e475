import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'

/** Of a Patient that a facility has never read by care, the first time it did. */
export interface First {
  /** Of the row of the audit. */
  readonly id: string
  /** Id of the Organization. */
  readonly facility: string
  readonly patient: bigint
  /** Who did: staff, or a client. */
  readonly who: string
}

/** One process at a time, until the transaction ends. */
export async function lockOpenings(tx: Queryable): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('parchi first openings', 0))`)
}

/** Where the audit ends for now: whatever is written later has a higher number, or this one (audit-seal.ts). */
export async function edgeOfAudit(tx: Queryable): Promise<string> {
  const [row] = await tx.prepared<{ edge: string }>('first_edge', EDGE, [])
  return row?.edge ?? '0'
}

const EDGE = 'select pg_snapshot_xmin(pg_current_snapshot())::text as edge'

/** What was read by care between two places of the audit, and never before by that facility: the earliest of each. */
export async function firstOpenings(tx: Queryable, from: string, to: string, care: number): Promise<First[]> {
  return tx.prepared<First>('first_openings', FIRST, [from, to, care])
}

const FIRST = `
  select distinct on (a.facility, seen.patient) a.id::text as id, a.facility, seen.patient, a.who
  from audit a cross join lateral unnest(a.patients, a.tiers) as seen(patient, tier)
  where a.tx >= $1::xid8 and a.tx < $2::xid8 and a.facility is not null and a.outcome = 0
    and a.tier & $3::smallint <> 0 and seen.tier & $3::smallint <> 0
    and not exists (select from first_opening f where f.patient = seen.patient and f.facility = a.facility)
  order by a.facility, seen.patient, a.id`

/** Of a Patient that nobody had read before as the patient that they had logged in as. */
export interface FirstLogin {
  /** Id of the Patient they logged in as. */
  readonly who: string
  readonly patient: bigint
}

/** The same of who logs in as a patient and reads of themselves: kept under `patient/<id>`, which is no facility's. */
export async function firstLogins(tx: Queryable, from: string, to: string, self: number): Promise<FirstLogin[]> {
  return tx.prepared<FirstLogin>('first_logins', LOGINS, [from, to, self])
}

const LOGINS = `
  select distinct a.who, seen.patient
  from audit a cross join lateral unnest(a.patients, a.tiers) as seen(patient, tier)
  where a.tx >= $1::xid8 and a.tx < $2::xid8 and a.kind = 'p' and a.outcome = 0
    and a.tier & $3::smallint <> 0 and seen.tier & $3::smallint <> 0
    and not exists (select from first_opening f where f.patient = seen.patient and f.facility = 'patient/' || a.who)`

/** Which of these were read before, by a facility or under a login (`patient/<id>`). */
export async function openedOf(tx: Queryable, by: string, patients: readonly bigint[]): Promise<ReadonlySet<bigint>> {
  const rows = await tx.rows<{ patient: bigint }>(
    sql`select patient from first_opening where facility = ${by} and patient = any(${patients})`,
  )
  return new Set(rows.map(({ patient }) => patient))
}

export async function keepOpened(tx: Queryable, by: string, patients: readonly bigint[], at: number): Promise<void> {
  await tx.rows(sql`
    insert into first_opening (facility, patient, at) select ${by}, unnest(${patients}::bigint[]), ${at}::bigint
    on conflict do nothing`)
}
