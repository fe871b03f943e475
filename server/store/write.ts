import type { Queryable } from '../db/database.ts'
import { again } from '../db/failure.ts'
import { typeNumber } from '../fhir/types.ts'
import { int2s, int4s, int8s, wholes } from './binary.ts'
import { columnsOf, inOrder, type Body } from './columns.ts'
import type { Write } from './types.ts'

/**
 * Characters of new versions that travel in one statement: a statement's parameters are held some three times over
 * on their way out. Up to this, the new resources of one `write` need no transaction around it.
 */
export const ONE_STATEMENT = 2 * 1024 * 1024

/**
 * Writes versions that the interactions have decided on: one statement for all new resources, one for all replaced
 * ones, one for all deleted ones, each covering every table; more when there is very much. Rows to be replaced or deleted
 * must be locked by this transaction (`lockRows`). A resource that exists already when it should be new is a unique
 * violation, which Database.transaction answers by running the work again; as it does when one was created and deleted
 * meanwhile.
 */
export async function write(tx: Queryable, writes: readonly Write[]): Promise<void> {
  const fresh: Body[] = []
  const replaced: Body[] = []
  const deleted: Write[] = []
  for (const one of writes) {
    if (one.body === null || one.entries === null) deleted.push(one)
    else (one.replaces ? replaced : fresh).push(one as Body)
  }
  fresh.sort(inOrder)
  // sent together: inside a transaction they travel without waiting for each other
  const sent: Promise<void>[] = []
  if (deleted.length > 0) sent.push(remove(tx, deleted))
  if (fresh.length > 0) sent.push(inParts(fresh, (part) => insertLast(tx, part)))
  if (replaced.length > 0) sent.push(inParts(replaced, (part) => replace(tx, part)))
  await Promise.all(sent)
}

/** Tells the database in whose name this transaction writes: it then refuses what is another facility's (migration 012). */
export async function showPen(tx: Queryable, owner: bigint): Promise<void> {
  await tx.prepared('show_pen', SHOW_PEN, [String(owner)])
}

const SHOW_PEN = `select set_config('parchi.pen', $1, true)`

async function inParts(writes: readonly Body[], send: (part: readonly Body[]) => Promise<void>): Promise<void> {
  let from = 0
  while (from < writes.length) {
    let to = from
    for (let size = 0; to < writes.length; to++) {
      size += writes[to]?.body.length ?? 0
      if (size > ONE_STATEMENT && to > from) break
    }
    await send(from === 0 && to === writes.length ? writes : writes.slice(from, to))
    from = to
  }
}

/** Creates: also outside a transaction, for one statement is one. */
export async function insert(tx: Queryable, writes: readonly Body[]): Promise<void> {
  await tx.prepared('write_insert', INSERT, columnsOf(writes))
}

/**
 * What stands under an id of somebody's own was looked for before, and nobody could be kept from creating and deleting it
 * since: history tells, once the row is there and everybody else waits for it.
 */
async function insertLast(tx: Queryable, writes: readonly Body[]): Promise<void> {
  const returning = writes.filter(({ how }) => how !== 'c')
  // sent together
  await Promise.all([insert(tx, writes), returning.length > 0 && refusePassed(tx, returning)])
}

async function refusePassed(tx: Queryable, writes: readonly Write[]): Promise<void> {
  const columns = [int8s(writes.map(({ rid }) => rid)), int4s(writes.map(({ version }) => version))]
  const passed = await tx.prepared('versions_passed', PASSED, columns)
  if (passed.length > 0) throw again('A resource was created and deleted while it was looked for.')
}

const PASSED = `
  select from unnest($1::bigint[], $2::integer[]) as k(rid, version)
  cross join lateral (select from history h where h.rid = k.rid and h.version >= k.version limit 1) as passed limit 1`

async function replace(tx: Queryable, writes: readonly Body[]): Promise<void> {
  checkAll(writes, await tx.prepared('write_replace', REPLACE, columnsOf(writes)))
}

/** A delete leaves the last version and a tombstone in history, and nothing else. */
async function remove(tx: Queryable, writes: readonly Write[]): Promise<void> {
  const columns = [
    int8s(writes.map((write) => write.rid)),
    int2s(writes.map((write) => typeNumber(write.type))),
    int4s(writes.map((write) => write.version)),
    wholes(writes.map((write) => write.updated)),
  ]
  checkAll(writes, await tx.prepared('write_remove', REMOVE, columns))
}

/** A version follows only the one before it. With the rows locked it always does; whoever did not lock them starts again. */
function checkAll(writes: readonly Write[], [done]: readonly { written?: number }[]): void {
  if (done?.written !== writes.length) throw again('A resource is no longer what it was when it was looked for.')
}

// The new versions, with each one's slice of the flat array of tokens.
const INCOMING = `
  incoming as materialized (
    select rid, updated, patient, version, type, how, id, present,
           ($10::bigint[])[lag(upto, 1, 0) over (order by place) + 1 : upto] as tokens, body,
           facility, labels, nullif(day, -2147483648) as day
    from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::integer[], $5::smallint[], $6::"char"[], $7::text[],
                $8::bytea[], $9::integer[], $11::text[], $25::bigint[], $26::smallint[], $27::integer[])
         with ordinality as n(rid, updated, patient, version, type, how, id, present, upto, body, facility, labels, day,
                              place)
  )`

const NARROW = `
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
  )`

// The facility of an opening that says `owner` is that of the new row; one that is replaced keeps its own.
export const OPENINGS = `
  new_openings as (
    insert into opening (rid, patient, facility, tier, since, until, withheld, types, low, high)
    select rid, patient, facility, tier, since, until, withheld,
           case when types <> '' then string_to_array(types, ',')::smallint[] end,
           nullif(low, -2147483648), nullif(high, -2147483648)
    from unnest($28::bigint[], $29::bigint[], $30::bigint[], $31::"char"[], $32::bigint[], $33::bigint[],
                $34::smallint[], $35::text[], $36::integer[], $37::integer[])
         as o(rid, patient, facility, tier, since, until, withheld, types, low, high)
  )`

const INSERT = `
with ${INCOMING}, ${NARROW}, ${OPENINGS}
insert into resource (rid, updated, patient, version, type, how, id, present, tokens, body, facility, labels, day)
select rid, updated, patient, version, type, how, id, present, tokens, body, facility, labels, day from incoming`

const KEEP = `insert into history (rid, tx, updated, patient, version, type, how, id, body, facility, labels, day)
    select r.rid, r.tx, r.updated, r.patient, r.version, r.type, r.how, r.id, r.body, r.facility, r.labels, r.day`

const CLEAR = `
  old_dates as (delete from dates where rid = any ($1::bigint[])),
  old_numbers as (delete from numbers where rid = any ($1::bigint[])),
  old_strings as (delete from strings where rid = any ($1::bigint[])),
  old_openings as (delete from opening where rid = any ($1::bigint[]))`

// An update in place, not delete and insert: a writer waiting for the row must find its successor.
const REPLACE = `
with ${INCOMING},
  old as (
    ${KEEP} from resource r join incoming n on r.type = n.type and r.rid = n.rid and r.version = n.version - 1
  ), ${CLEAR}, ${NARROW}, ${OPENINGS},
  replaced as (
    update resource r
    set tx = pg_current_xact_id(), updated = n.updated, patient = n.patient, version = n.version, how = n.how,
        present = n.present, tokens = n.tokens, body = n.body, labels = n.labels, day = n.day
    from incoming n
    where r.type = n.type and r.rid = n.rid and r.version = n.version - 1
    returning 1
  )
select count(*)::integer as written from replaced`

const REMOVE = `
with outgoing as materialized (
    select * from unnest($1::bigint[], $2::smallint[], $3::integer[], $4::bigint[]) as o(rid, type, version, updated)
  ),
  gone as (
    delete from resource r using outgoing o
    where r.type = o.type and r.rid = o.rid and r.version = o.version - 1 returning r.*
  ),
  old as (${KEEP} from gone r), ${CLEAR},
  tombstones as (
    insert into history (rid, updated, patient, version, type, how, id, body, facility, labels, day)
    select o.rid, o.updated, g.patient, o.version, o.type, 'd', g.id, null, g.facility, g.labels, g.day
    from outgoing o join gone g on g.rid = o.rid and g.type = o.type
    returning 1
  )
select count(*)::integer as written from tombstones`
