import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { typeNumber } from '../../fhir/types.ts'
import { rowOf, type Key, type Stored } from '../read.ts'
import type { Sight } from '../sight.ts'
import type { Row } from '../types.ts'
import { stored } from './columns.ts'
import { Where } from './where.ts'

/** A resource with its search tokens: they tell by which parameters it refers to what. */
export interface Linked {
  readonly row: Row
  readonly tokens: ReadonlySet<bigint>
}

type WithTokens = Stored & { tokens: bigint[] }

function linkedOf({ tokens, ...row }: WithTokens): Linked {
  return { row: rowOf(row), tokens: new Set(tokens) }
}

/** Resources by row key, as far as they are there. */
export async function readLinked(db: Queryable, sight: Sight, keys: readonly Key[]): Promise<Linked[]> {
  if (keys.length === 0) return []
  const { alias: r, from, visible } = new Where(sight).resources()
  const types = keys.map((key) => typeNumber(key.type))
  const rids = keys.map((key) => key.rid)
  const rows = await db.rows<WithTokens>(sql`
    select ${stored(r)}, ${r}.tokens from unnest(${types}::smallint[], ${rids}::bigint[]) k(type, rid)
    join ${from} on ${r}.type = k.type and ${r}.rid = k.rid where ${visible}`)
  return rows.map(linkedOf)
}

/** Resources of a type that have one of these tokens, in the order of row keys, at most `limit`. */
export async function readReferring(
  db: Queryable,
  sight: Sight,
  type: ResourceType,
  tokens: readonly bigint[],
  limit: number,
): Promise<Linked[]> {
  const { alias: r, from, visible } = new Where(sight).resources([type])
  const rows = await db.rows<WithTokens>(sql`
    select ${stored(r)}, ${r}.tokens from ${from}
    where ${visible} and ${r}.type = ${typeNumber(type)} and ${r}.tokens && ${tokens} order by ${r}.rid limit ${limit}`)
  return rows.map(linkedOf)
}
