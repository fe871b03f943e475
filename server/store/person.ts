import type { Queryable } from '../db/database.ts'
import { int4s, int8s } from './binary.ts'
import { keysSeen } from './seen.ts'
import type { Sight } from './sight.ts'

/**
 * Which Patients are one person, as the follower of the Patients keeps it (server/patients, 006_patients.sql): read here, so
 * that search can follow it too.
 */

/**
 * A record's person: its golden Patient and all records of it, itself alone, or undefined when the follower has not seen it.
 * Who does not see a Patient learns of no link to it.
 */
export async function linkedRids(db: Queryable, sight: Sight, patient: bigint): Promise<bigint[] | undefined> {
  const rids = (await db.prepared<{ rid: bigint }>('linked_rids', LINKED, [patient])).map(({ rid }) => rid)
  if (sight === 'all') return rids.length === 0 ? undefined : rids
  const seen = await keysSeen(
    db,
    sight,
    rids.map((rid) => ({ type: 'Patient', rid })),
  )
  return seen.has(patient) ? [...seen] : undefined
}

// A golden Patient that was merged into another one leads there.
const LINKED = `
  with recursive golden(rid) as (
    select rid from (
      select golden as rid from person where rid = $1 and golden is not null
      union all select rid from person_golden where rid = $1) g
    union
    select s.successor from golden join person_golden s on s.rid = golden.rid where s.successor is not null
  )
  select rid from golden
  union select p.rid from golden join person p on p.golden = golden.rid
  union select rid from person where rid = $1`

/** Of these versions of Patients, those the follower has taken in; golden ones are its own. */
export async function followed(
  db: Queryable,
  patients: readonly { readonly rid: bigint; readonly version: number }[],
): Promise<Set<bigint>> {
  const values = [int8s(patients.map(({ rid }) => rid)), int4s(patients.map(({ version }) => version))]
  const rows = await db.prepared<{ rid: bigint }>('followed_patients', FOLLOWED, values)
  return new Set(rows.map(({ rid }) => rid))
}

const FOLLOWED = `
  select p.rid from unnest($1::bigint[], $2::integer[]) as w(rid, version)
  join person p on p.rid = w.rid and p.version >= w.version
  union
  select g.rid from unnest($1::bigint[]) as w(rid) join person_golden g on g.rid = w.rid`
