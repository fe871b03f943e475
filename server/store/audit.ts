import type { Queryable } from '../db/database.ts'
import { typeNumber } from '../fhir/types.ts'
import { int8s, texts } from './binary.ts'

/** One visit to the desk, as it is kept (011_audit.sql). */
export interface AuditRow {
  readonly id: string
  readonly kind: 'c' | 's' | 'p'
  readonly who: string
  readonly app: string
  readonly role: string
  readonly facility: string | null
  readonly scopes: string
  readonly request: string
  readonly code: string
  readonly action: Action
  readonly status: number
  readonly outcome: 0 | 4 | 8 | 12
  readonly type: string | null
  readonly resource: string | null
  readonly version: number | null
  readonly patients: readonly bigint[]
  readonly tiers: readonly number[]
  readonly tier: number
  readonly reason: string | null
  /** JSON: `{"Observation":12}`. */
  readonly seen: string | null
  /** JSON: `{"create":{"Observation":2}}`. */
  readonly written: string | null
  readonly names: readonly string[]
}

export type Action = 'C' | 'R' | 'U' | 'D' | 'E'

/** Writes rows as part of what runs on `tx`: they are kept when it commits, and gone when it does not. */
export async function insertAudit(tx: Queryable, rows: readonly AuditRow[]): Promise<void> {
  await insert(tx, rows, true)
}

/**
 * Writes a row by itself, and resolves when it is committed. While one statement is under way, the rows that come in the
 * meantime gather for the next: alone a row waits for nobody, and under load they share the round trip.
 *
 * A row that is not `durable` is committed without waiting for the disk (synchronous_commit off): a power failure of
 * the database may take the last 0.6 s of them along. Waiting costs each read a write to the disk, 0.3 ms on a
 * fast one and 5 ms on a slow one, many times the read itself; what changes the record or breaks the glass waits.
 */
export function writeAudit(db: Queryable, row: AuditRow, durable: boolean): Promise<void> {
  const { [durable ? 'durable' : 'quick']: queue } = queuesOf(db)
  return new Promise((resolve, reject) => {
    queue.waiting.push({ row, resolve, reject })
    if (!queue.busy) void drain(db, queue, durable)
  })
}

interface Waiting {
  readonly row: AuditRow
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

interface Queue {
  waiting: Waiting[]
  busy: boolean
}

const queues = new WeakMap<Queryable, { durable: Queue; quick: Queue }>()

function queuesOf(db: Queryable): { durable: Queue; quick: Queue } {
  const known = queues.get(db)
  if (known) return known
  const made = { durable: { waiting: [], busy: false }, quick: { waiting: [], busy: false } }
  queues.set(db, made)
  return made
}

/** As many rows as one statement takes. */
const MOST = 500

async function drain(db: Queryable, queue: Queue, durable: boolean): Promise<void> {
  queue.busy = true
  while (queue.waiting.length > 0) {
    const taken = queue.waiting.splice(0, MOST)
    try {
      await insert(
        db,
        taken.map(({ row }) => row),
        durable,
      )
      for (const { resolve } of taken) resolve()
    } catch (error) {
      if (taken.length === 1) taken[0]?.reject(error)
      else await oneByOne(db, taken, durable)
    }
  }
  queue.busy = false
}

/** One row that cannot be written fails its own visit alone. */
async function oneByOne(db: Queryable, taken: readonly Waiting[], durable: boolean): Promise<void> {
  await Promise.all(taken.map(({ row, resolve, reject }) => insert(db, [row], durable).then(resolve, reject)))
}

async function insert(db: Queryable, rows: readonly AuditRow[], durable: boolean): Promise<void> {
  const [first] = rows
  if (!first) return
  if (rows.length > 1) {
    const values = rows.map(valuesOf)
    const columns = COLUMNS.map((_, i) => texts(values.map((row) => String(row[i] ?? ''))))
    await (durable
      ? db.prepared('audit_many_durable', MANY.durable, columns)
      : db.prepared('audit_many', MANY.quick, columns))
  } else {
    const values = valuesOf(first)
    await (durable
      ? db.prepared('audit_one_durable', ONE.durable, values)
      : db.prepared('audit_one', ONE.quick, values))
  }
}

/** Name, type, and whether an empty text among several rows stands for none. */
export const COLUMNS: readonly (readonly [name: string, type: string, nullable?: true])[] = [
  ['id', 'uuid'],
  ['kind', '"char"'],
  ['who', 'text'],
  ['app', 'text'],
  ['role', 'text'],
  ['facility', 'text', true],
  ['scopes', 'text'],
  ['request', 'text'],
  ['code', 'text'],
  ['action', '"char"'],
  ['status', 'smallint'],
  ['outcome', 'smallint'],
  ['type', 'text', true],
  ['resource', 'text', true],
  ['version', 'integer', true],
  ['patients', 'bigint[]'],
  ['tiers', 'smallint[]'],
  ['tier', 'smallint'],
  ['reason', 'text', true],
  ['seen', 'jsonb', true],
  ['written', 'jsonb', true],
  ['names', 'text[]'],
]

/** In the order of `COLUMNS`. */
export function valuesOf(row: AuditRow): (string | number | null)[] {
  return [
    row.id, row.kind, row.who, row.app, row.role, row.facility, row.scopes, row.request, row.code, row.action, row.status,
    row.outcome, row.type, row.resource, row.version, `{${row.patients.join(',')}}`, `{${row.tiers.join(',')}}`, row.tier,
    row.reason, row.seen, row.written, `{${row.names.map((name) => `"${name}"`).join(',')}}`,
  ] // prettier-ignore
}

const names = COLUMNS.map(([name]) => name).join(', ')

/** Always true. Only where nothing was written before in the same transaction: what was, is not to be lost with it. */
export const QUICKLY = `(select case when pg_current_xact_id_if_assigned() is null
    then set_config('synchronous_commit', 'off', true) end) is distinct from ''`

// The same row a second time is the answer that broke after its write was committed: that stands already.
const one = `insert into audit (${names})
  select ${COLUMNS.map(([, type], i) => `$${i + 1}::${type}`).join(', ')}`
const many = `insert into audit (${names})
  select ${COLUMNS.map(([name, type, nullable]) => (nullable ? `nullif(${name}, '')::${type}` : `${name}::${type}`)).join(', ')}
  from unnest(${COLUMNS.map((_, i) => `$${i + 1}::text[]`).join(', ')}) as n(${names})`
const ONCE = 'on conflict (id) do nothing'

const ONE = { durable: `${one} ${ONCE}`, quick: `${one} where ${QUICKLY} ${ONCE}` }
const MANY = { durable: `${many} ${ONCE}`, quick: `${many} where ${QUICKLY} ${ONCE}` }

/** In whose compartments resources were that this transaction has just deleted. */
export async function patientsOfDeleted(tx: Queryable, rids: readonly bigint[]): Promise<bigint[]> {
  const rows = await tx.prepared<{ patient: bigint }>('audit_deleted', DELETED, [int8s(rids), typeNumber('Patient')])
  return rows.map(({ patient }) => patient)
}

const DELETED = `
  select distinct case when type = $2 then rid else patient end as patient
  from history where rid = any ($1::bigint[]) and how = 'd' and tx = pg_current_xact_id()
    and (type = $2 or patient not in (0, -1))`

/** Why a member of staff broke the glass that is broken now: for one of these Patients, else the last time. */
export async function reasonGiven(
  db: Queryable,
  staff: string,
  patients: readonly bigint[],
  now: number,
): Promise<string | undefined> {
  const [row] = await db.prepared<{ reason: string }>('audit_reason', REASON, [staff, String(now), int8s(patients)])
  return row?.reason
}

const REASON = `
  select reason from break_glass
  where staff = $1 and since <= $2::bigint and until > $2::bigint and patient <> 0
  order by patient = any ($3::bigint[]) desc, since desc limit 1`
