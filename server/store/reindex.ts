import type { Queryable } from '../db/database.ts'
import { columnsOf, type Body } from './columns.ts'
import { rowOf, STORED, type Stored } from './read.ts'
import type { Row } from './types.ts'
import { OPENINGS } from './write.ts'

/** How far a reindex came: a place in the primary key. */
export interface Place {
  type: number
  rid: bigint
}

export const START: Place = { type: -1, rid: 0n }

/** The next current versions in the order of the primary key, locked so that nobody changes them while they are reindexed. */
export async function nextToReindex(
  tx: Queryable,
  after: Place,
  limit: number,
): Promise<{ rows: Row[]; place: Place }> {
  const stored = await tx.prepared<Stored>('reindex_next', NEXT, [after.type, after.rid, limit])
  const last = stored.at(-1)
  return { rows: stored.map(rowOf), place: last ? { type: last.type, rid: last.rid } : after }
}

const NEXT = `
  select ${STORED} from resource r where (r.type, r.rid) > ($1::smallint, $2::bigint)
  order by r.type, r.rid limit $3 for update of r`

/** Gives the rows of `nextToReindex` new entries. The resources, their versions and their history stay as they are. */
export async function rewriteEntries(tx: Queryable, rows: readonly Body[]): Promise<void> {
  if (rows.length > 0) await tx.prepared('reindex_rewrite', REWRITE, columnsOf(rows))
}

const REWRITE = `
with incoming as materialized (
    select rid, patient, type, present,
           ($10::bigint[])[lag(upto, 1, 0) over (order by place) + 1 : upto] as tokens,
           labels, nullif(day, -2147483648) as day
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::smallint[], $6::"char"[], $7::text[],
                $8::bytea[], $9::integer[], $11::text[], $25::bigint[], $26::smallint[], $27::integer[])
         with ordinality as n(rid, updated, patient, version, type, how, id, present, upto, body, facility, labels, day,
                              place)
  ),
  old_dates as (delete from dates where rid = any ($1::bigint[])),
  old_numbers as (delete from numbers where rid = any ($1::bigint[])),
  old_strings as (delete from strings where rid = any ($1::bigint[])),
  new_dates as (
    insert into dates (rid, low, high, param)
    select * from unnest($12::bigint[], $13::bigint[], $14::bigint[], $15::integer[])
  ),
  new_numbers as (
    insert into numbers (rid, key, low, high, unit, param)
    select * from unnest($16::bigint[], $17::bigint[], $18::float8[], $19::float8[], $20::bigint[], $21::integer[])
  ),
  new_strings as (
    insert into strings (rid, param, value)
    select * from unnest($22::bigint[], $23::integer[], $24::text[])
  ),
  old_openings as (delete from opening where rid = any ($1::bigint[])),${OPENINGS}
update resource r
set patient = n.patient, present = n.present, tokens = n.tokens, labels = n.labels, day = n.day
from incoming n where r.type = n.type and r.rid = n.rid`
