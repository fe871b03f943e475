import type { Queryable } from '../db/database.ts'
import { CARD, CONTEXT, NAMES, NO_CONTEXT } from '../fhir/search/binaries.ts'
import { referenceToken } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { int8s } from './binary.ts'
import type { Write } from './types.ts'

type Settled = Pick<Write, 'rid' | 'binaries'>

/**
 * Gives Binaries the columns access goes by, after these versions were written in the same transaction. Whose record a
 * Binary is part of says its securityContext; without one, what of its own facility names it, if that is all of one
 * Patient's record. What is sensitive about the one or the others is sensitive about it, and its day is theirs, if they
 * have one. It is the server's own doing, so no pen is shown: a Binary is not less sensitive for being another's.
 * Nearly no write has anything to do with Binaries, and costs no statement.
 */
export async function settleBinaries(tx: Queryable, writes: readonly Settled[]): Promise<boolean> {
  const concerned = writes.filter(({ binaries }) => binaries !== undefined)
  if (concerned.length === 0) return false
  const keys = concerned.map(({ rid }) => rid)
  const named = concerned.flatMap(({ binaries = [] }) => binaries)
  await Promise.all([
    tx.prepared('hide_pen', HIDE_PEN, []),
    tx.prepared('settle_binaries', SETTLE, [
      int8s([...keys, ...named]),
      int8s(keys.map((key) => referenceToken(CONTEXT, key))),
    ]),
  ])
  return true
}

/** For what is written next in the same transaction, the pen has to be shown again. */
const HIDE_PEN = `select set_config('parchi.pen', '', true)`

const BINARY = typeNumber('Binary')
const PATIENT = typeNumber('Patient')

// Keys of both kinds together: what is no Binary is not found among them. Everything is looked up by key, a row at a time
// (`offset 0`, `array (…)`): PostgreSQL, which cannot know how few they are, would join whole tables.
const SETTLE = `
with touched as materialized (
    select b.rid, b.facility, b.tokens, c.card from (
      select rid, facility, tokens from resource where type = ${BINARY} and rid = any ($1::bigint[])
      union
      select rid, facility, tokens from resource where type = ${BINARY} and tokens && $2::bigint[]
    ) b cross join lateral (
      select token - ${CARD} as card from unnest(b.tokens) token
      where token between ${CARD} and ${CARD} + 8191 limit 1) c
  ),
  source as materialized (
    select t.rid as one, true as context, s.rid, s.type, s.patient, s.labels, s.day
    from touched t cross join unnest(t.tokens) token cross join lateral (
      select * from resource where type = (t.card / 32)::smallint and rid = token # ${CONTEXT}::bigint offset 0) s
    where t.card / 32 <> ${NO_CONTEXT}
    union all
    select t.rid, false, s.rid, s.type, s.patient, s.labels, s.day
    from touched t cross join lateral (
      select * from resource where tokens @> array[t.rid # ${NAMES}::bigint] offset 0) s
    where s.facility = t.facility
  ),
  owner as (
    select one, context, case when type = ${PATIENT} then rid else patient end as patient, labels, day from source
  ),
  settled as (
    select t.rid,
      case when t.card / 32 <> ${NO_CONTEXT} then coalesce(min(o.patient) filter (where o.context), 0)
           when count(distinct o.patient) filter (where o.patient <> 0) > 1 then -1
           else coalesce(min(o.patient) filter (where o.patient <> 0), 0) end as patient,
      (coalesce(bit_or(o.labels), 0) | (t.card % 32))::smallint as labels,
      case when min(o.day) = max(o.day) then min(o.day) end as day
    from touched t left join owner o on o.one = t.rid
    group by t.rid, t.card
  )
update resource r set patient = s.patient, labels = s.labels, day = s.day
from settled s
where r.type = ${BINARY} and r.rid = any (array (select rid from settled)) and r.rid = s.rid
  and (r.patient, r.labels, r.day) is distinct from (s.patient, s.labels, s.day)`
