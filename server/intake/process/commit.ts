import type { Issue } from '../../../mappers/issues.ts'
import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { advance, enqueue } from '../../jobs/queue.ts'
import { byteas, chars, int2s, int4s, int8s, texts } from '../../store/binary.ts'
import type { Intake } from '../intake.ts'
import { ownOf, packOwn, packVersions, unpackVersions, type MadeVersion, type Own } from '../made.ts'
import { add, stateOf, states, type Counts, type Letter } from '../outcomes.ts'
import { replayOf } from '../replay-job.ts'
import { ownResources } from './decide.ts'
import type { Done } from './flush.ts'
import type { Item, Run } from './item.ts'
import { orderKeys } from './order.ts'
import { packSaid, saidBy } from './said.ts'

/** A row of `record`: one outcome, or a run of equal ones. */
export interface Outcome {
  readonly message: string
  readonly number: number
  readonly through: number
  readonly line: number
  readonly mapping: number
  readonly state: Letter
  readonly key: string | null
  readonly issues: readonly Issue[] | null
  readonly made: readonly MadeVersion[]
}

export function fresh(run: Run, done: readonly Done[]) {
  const counts = { ...run.counts }
  for (const { state } of done) add(counts, state)
  return { outcomes: inRuns(done.map(outcomeOf)), counts }
}

/** A replay takes the place of what stands there; a run is split around it, and versions made before are kept on the list. */
export async function replaced(tx: Queryable, run: Run, done: readonly Done[]) {
  const counts = { ...run.counts }
  const numbers = done.map(({ item }) => item.record.number)
  const old = await tx.rows<Omit<Outcome, 'made'> & { made: Buffer | null }>(sql`
    delete from record r using unnest(${numbers}::integer[]) as n(number)
    where r.message = ${run.message.id} and r.number <= n.number and r.through >= n.number
    returning r.message, r.number, r.through, r.line, r.mapping, r.state, r.key, r.issues, r.made`)
  const rows = [...new Map(old.map((row) => [row.number, { ...row, made: unpackVersions(row.made) }])).values()]
  const again = new Set(numbers)
  const kept = rows.flatMap((row): Outcome[] => {
    if (row.number === row.through) return []
    const parts = Array.from({ length: row.through - row.number + 1 }, (_, i) => row.number + i)
    return parts.filter((number) => !again.has(number)).map((number) => ({ ...row, number, through: number }))
  })
  const outcomes = done.map((one): Outcome => {
    const { number } = one.item.record
    const before = rows.find((row) => row.number <= number && number <= row.through)
    if (before) add(counts, stateOf(before.state), -1)
    add(counts, one.state)
    const outcome = outcomeOf(one)
    const now = new Set(outcome.made.map(nameOf))
    return { ...outcome, made: [...(before?.made ?? []).filter((made) => !now.has(nameOf(made))), ...outcome.made] }
  })
  return { outcomes: inRuns([...kept, ...outcomes].toSorted((a, b) => a.number - b.number)), counts }
}

function nameOf({ type, rid, version }: MadeVersion): string {
  return `${type} ${rid} ${version}`
}

function outcomeOf({ item, state, issues, made }: Done): Outcome {
  const { record, run } = item
  const plain = state === 'duplicate' || state === 'ignored'
  return {
    message: run.message.id,
    number: record.number,
    through: record.number,
    line: record.line,
    mapping: run.version,
    state: states[state],
    key: plain || record.key === '' ? null : item.key,
    issues: issues.length > 0 ? issues : null,
    made,
  }
}

/** Neighbours that have nothing to say but their state become one row. */
function inRuns(outcomes: readonly Outcome[]): Outcome[] {
  const runs: Outcome[] = []
  for (const one of outcomes) {
    const last = runs.at(-1)
    const joins = last && isBare(one) && isBare(last) && last.message === one.message && last.state === one.state
    if (joins && last.through + 1 === one.number && last.mapping === one.mapping)
      runs[runs.length - 1] = { ...last, through: one.through }
    else runs.push(one)
  }
  return runs
}

function isBare({ key, issues, made }: Outcome): boolean {
  return key === null && issues === null && made.length === 0
}

const NONE = '00000000-0000-0000-0000-000000000000'

export async function insertOutcomes(tx: Queryable, outcomes: readonly Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  await tx.prepared('insert_outcomes', INSERT_OUTCOMES, [
    texts(outcomes.map(({ message }) => message)),
    int4s(outcomes.map(({ number }) => number)),
    int4s(outcomes.map(({ through }) => through)),
    int4s(outcomes.map(({ line }) => line)),
    int2s(outcomes.map(({ mapping }) => mapping)),
    chars(outcomes.map(({ state }) => state)),
    texts(outcomes.map(({ key }) => key ?? NONE)),
    texts(outcomes.map(({ issues }) => (issues ? JSON.stringify(issues) : ''))),
    byteas(outcomes.map(({ made }) => packVersions(made))),
  ])
}

const INSERT_OUTCOMES = `
  insert into record (message, number, through, line, mapping, state, key, issues, made)
  select message::uuid, number, through, line, mapping, state, nullif(key::uuid, '${NONE}'), nullif(issues, '')::jsonb,
         nullif(made, '')
  from unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::smallint[], $6::"char"[], $7::text[], $8::text[],
              $9::bytea[]) as t(message, number, through, line, mapping, state, key, issues, made)`

export async function writeKeys(tx: Queryable, done: readonly Done[]): Promise<void> {
  const last = new Map<string, { item: Item; own: readonly Own[] }>()
  for (const { item, write } of done) {
    if (!write) continue
    last.set(item.key, { item, own: ownResources(item) })
    for (const [reference, key] of orderKeys(item)) if (!write.outdated.has(reference)) last.set(key, { item, own: [] })
  }
  if (last.size === 0) return
  // in one order, so that two writers never wait for each other in a ring
  const rows = [...last].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const items = rows.map(([, { item }]) => item)
  await tx.prepared('write_keys', WRITE_KEYS, [
    texts(rows.map(([key]) => key)),
    texts(items.map(({ run }) => run.message.id)),
    int4s(items.map(({ record }) => record.number)),
    int8s(items.map(({ fingerprint }) => fingerprint)),
    int8s(items.map(({ at }) => (at === undefined ? NO_TIME : BigInt(at)))),
    byteas(rows.map(([, { own }]) => packOwn(own))),
    byteas(rows.map(([key, { item }]) => (key === item.key ? packSaid(saidBy(item)) : NOTHING))),
  ])
}

const NOTHING = Buffer.alloc(0)
const NO_TIME = -(2n ** 62n)

const WRITE_KEYS = `
  insert into record_key (key, message, number, fingerprint, at, made, said)
  select key::uuid, message::uuid, number, fingerprint, nullif(at, ${NO_TIME}), nullif(made, ''), said
  from unnest($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[])
       as t(key, message, number, fingerprint, at, made, said)
  on conflict (key) do update
  set message = excluded.message, number = excluded.number, fingerprint = excluded.fingerprint, at = excluded.at,
      made = excluded.made, said = excluded.said`

/** Which of the records wait, and for what. */
export async function writeParked(tx: Queryable, done: readonly Done[]): Promise<void> {
  await Promise.all([unpark(tx, done), park(tx, done)])
}

async function unpark(tx: Queryable, done: readonly Done[]): Promise<void> {
  const again = done.filter(({ item }) => item.run.replay)
  if (again.length === 0) return
  await tx.rows(sql`
    delete from parked p
    using unnest(${again.map(({ item }) => item.run.message.id)}::uuid[],
                 ${again.map(({ item }) => item.record.number)}::integer[]) as n(message, number)
    where p.message = n.message and p.number = n.number`)
}

async function park(tx: Queryable, done: readonly Done[]): Promise<void> {
  const rows = done.flatMap(({ item, needs = [] }) => needs.map((need) => ({ item, need: ownOf(need).rid })))
  if (rows.length === 0) return
  await tx.rows(sql`
    insert into parked (message, number, need, facility, since)
    select *, now() from unnest(
      ${rows.map(({ item }) => item.run.message.id)}::uuid[], ${rows.map(({ item }) => item.record.number)}::integer[],
      ${rows.map(({ need }) => need.toString())}::bigint[], ${rows.map(({ item }) => item.run.message.facility)}::text[])
    on conflict do nothing`)
}

/** Whether any record of the facility waits. */
export async function anyParked(tx: Queryable, done: readonly Done[]): Promise<boolean> {
  const facility = done[0]?.item.run.message.facility
  if (facility === undefined) return false
  return (await tx.prepared('any_parked', ANY_PARKED, [facility])).length > 0
}

const ANY_PARKED = `select from parked where facility = $1 limit 1`

/** Records that wait for what has just been written get their turn. */
export async function wakeParked(tx: Queryable, intake: Intake, done: readonly Done[]): Promise<void> {
  const facility = done[0]?.item.run.message.facility
  if (facility === undefined) return
  const made = [...new Set(done.flatMap((one) => one.made.map(({ rid }) => rid.toString())))]
  const rows = await tx.rows<{ message: string; number: number }>(sql`
    select distinct message, number from parked where facility = ${facility} and need = any (${made}::bigint[])`)
  if (rows.length === 0) return
  await enqueue(tx, replayOf(facility, rows, 'what it waited for has come'))
  intake.wake()
}

/** Codes without a counterpart, for the work-list. */
export async function writeUnmapped(tx: Queryable, done: readonly Done[]): Promise<void> {
  await Promise.all([forgetUnmapped(tx, done), tellUnmapped(tx, done)])
}

async function forgetUnmapped(tx: Queryable, done: readonly Done[]): Promise<void> {
  const again = done.filter(({ item }) => item.run.replay)
  if (again.length === 0) return
  await tx.rows(sql`
    delete from unmapped_record u
    using unnest(${again.map(({ item }) => item.run.message.id)}::uuid[],
                 ${again.map(({ item }) => item.record.number)}::integer[]) as n(message, number)
    where u.facility = ${again[0]?.item.run.message.facility} and u.message = n.message and u.number = n.number`)
}

async function tellUnmapped(tx: Queryable, done: readonly Done[]): Promise<void> {
  const waiting = done.filter(
    ({ write, state, item }) => (write || state === 'quarantined') && item.record.unmapped.length > 0,
  )
  const rows = waiting.flatMap(({ item: { run, record } }) =>
    record.unmapped.map(({ list, code, text }) => ({
      facility: run.message.facility,
      list,
      code: code.slice(0, 500),
      text: text?.slice(0, 500),
      message: run.message.id,
      number: record.number,
    })),
  )
  if (rows.length === 0) return
  await tx.rows(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as t(facility text, list text, code text, text text, message uuid, number integer)
    ),
    waiting as (
      insert into unmapped_record (facility, list, code, message, number)
      select facility, list, code, message, number from given on conflict do nothing
    )
    insert into unmapped_code (facility, list, code, text, seen, since, last)
    select facility, list, code, max(text), count(*), now(), now() from given group by facility, list, code order by list, code
    on conflict (facility, list, code) do update
    set seen = unmapped_code.seen + excluded.seen, last = excluded.last, text = coalesce(excluded.text, unmapped_code.text)`)
}

export interface Counted {
  readonly run: Run
  readonly counts: Counts
  /** Its last record that became something. */
  readonly upTo: number
}

/** Counts so far, and how far each job came: whoever takes it up goes on behind that record. */
export async function writeProgress(tx: Queryable, lists: readonly Counted[], ended: ReadonlySet<Run>): Promise<void> {
  const messages = lists.map(({ run, counts }) => ({
    id: run.message.id,
    counts,
    total: run.total,
    issues: run.issues(),
    mapping: run.version,
    // a replay does not undo that the message is done
    state: ended.has(run) || run.replay ? 'done' : 'working',
  }))
  const told = tx.rows(sql`
    update message m
    set counts = j.counts, total = j.total, issues = j.issues, mapping = j.mapping, state = j.state
    from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb)
      as j(id uuid, counts jsonb, total integer, issues jsonb, mapping integer, state text)
    where m.id = j.id`)
  const open = lists.filter(({ run }) => !ended.has(run))
  await Promise.all([told, ...open.map(({ run, upTo }) => advance(tx, run.job, { upTo, version: run.version }))])
}
