import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { raw, sql } from '../db/sql.ts'
import { typeNumber, typeOf } from '../fhir/types.ts'
import { int2s, int8s } from './binary.ts'
import { Where } from './search/where.ts'
import type { Sight } from './sight.ts'

/** A resource by its keys alone. */
export interface Match {
  readonly type: ResourceType
  readonly id: string
  readonly rid: bigint
  /** The version that was found. */
  readonly version?: number | undefined
}

interface Wanted {
  readonly type: ResourceType
  readonly token: bigint
  readonly place: number
}

/**
 * Resources that have one given token each, as far as they are seen: the conditional lookups of a whole bundle in one statement.
 * Not prepared: a plan made while the table was empty would scan it forever. `offset 0` keeps the limit from
 * luring the planner away from the token index.
 */
export async function findByTokens(
  db: Queryable,
  sight: Sight,
  wanted: readonly Wanted[],
  limit: number,
): Promise<{ place: number; match: Match }[]> {
  if (wanted.length === 0) return []
  const types = int2s(wanted.map((one) => typeNumber(one.type)))
  const tokens = int8s(wanted.map((one) => one.token))
  // what a sight is decided by
  const columns = sight === 'all' ? raw('type, id, rid, version') : raw('*')
  const rows = await db.rows<{ at: number; type: number; id: string; rid: bigint; version: number }>(sql`
    select k.at::integer, k.type, r.id, r.rid, r.version
    from unnest(${types}::smallint[], ${tokens}::bigint[]) with ordinality as k(type, token, at)
    cross join lateral (
      select t.id, t.rid, t.version from (
        select ${columns} from resource where tokens @> array[k.token] offset 0
      ) t
      where t.type = k.type and ${new Where(sight).visible(raw('t'))} limit ${limit}
    ) r`)
  return rows.map((row) => ({
    place: wanted[row.at - 1]?.place ?? -1,
    match: { type: typeOf(row.type), id: row.id, rid: row.rid, version: row.version },
  }))
}
