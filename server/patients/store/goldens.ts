import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { rid } from '../../fhir/keys.ts'
import { typeNumber } from '../../fhir/types.ts'
import { int8s, texts } from '../../store/binary.ts'

/** A golden Patient. Merged into a successor, it stays as a signpost. */
export interface Golden {
  readonly rid: bigint
  readonly id: string
  readonly successor: bigint | null
}

export async function goldensAmong(db: Queryable, rids: readonly bigint[]): Promise<Map<bigint, Golden>> {
  if (rids.length === 0) return new Map()
  const rows = await db.rows<Golden>(sql`
    select g.rid, g.id, g.successor from unnest(${int8s(rids)}::bigint[]) as w(rid) join person_golden g on g.rid = w.rid`)
  return new Map(rows.map((row) => [row.rid, row]))
}

/** Signposts that point at one of these, at first or at last. */
export async function signpostsTo(db: Queryable, rids: readonly bigint[]): Promise<Golden[]> {
  if (rids.length === 0) return []
  return db.rows<Golden>(sql`
    with recursive signpost as (
      select rid, id, successor from person_golden where successor = any (${int8s(rids)}::bigint[])
      union
      select g.rid, g.id, g.successor from person_golden g join signpost s on g.successor = s.rid
    )
    select rid, id, successor from signpost`)
}

export async function writeGoldens(tx: Queryable, goldens: readonly Golden[]): Promise<void> {
  if (goldens.length === 0) return
  await tx.rows(sql`
    insert into person_golden (rid, id, successor)
    select rid, id, nullif(successor, 0)
    from unnest(${int8s(goldens.map(({ rid }) => rid))}::bigint[], ${texts(goldens.map(({ id }) => id))}::text[],
                ${int8s(goldens.map(({ successor }) => successor ?? 0n))}::bigint[]) as n(rid, id, successor)
    on conflict (rid) do update set successor = excluded.successor`)
}

export async function removeGoldens(tx: Queryable, rids: readonly bigint[]): Promise<void> {
  if (rids.length > 0) await tx.rows(sql`delete from person_golden where rid = any (${int8s(rids)}::bigint[])`)
}

/** Of these ids, those that a golden Patient with members has, or a Patient that is not golden at all. */
export async function takenAmong(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db.rows<{ id: string }>(sql`
    select w.id from unnest(${int8s(ids.map((id) => rid('Patient', id)))}::bigint[], ${texts(ids)}::text[]) as w(rid, id)
    where exists (select from person p where p.golden = w.rid)
       or exists (select from resource r where r.type = ${typeNumber('Patient')} and r.rid = w.rid
                  and not exists (select from person_golden g where g.rid = w.rid))`)
  return new Set(rows.map((row) => row.id))
}
