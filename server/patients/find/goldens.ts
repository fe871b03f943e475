import type { Queryable } from '../../db/database.ts'
import { int8s } from '../../store/binary.ts'

/** Ids of golden Patients by the row keys of their records. */
export type Goldens = ReadonlyMap<bigint, string>

export async function goldensOf(db: Queryable, rids: readonly bigint[]): Promise<Goldens> {
  if (rids.length === 0) return new Map()
  const rows = await db.prepared<{ rid: bigint; id: string }>('goldens_of', GOLDENS, [int8s(rids)])
  return new Map(rows.map(({ rid, id }) => [rid, id]))
}

const GOLDENS = `
  select p.rid, g.id from unnest($1::bigint[]) as w(rid)
  join person p on p.rid = w.rid join person_golden g on g.rid = p.golden`
