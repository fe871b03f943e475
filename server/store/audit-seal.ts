import { createHash } from 'node:crypto'
import type { Queryable } from '../db/database.ts'

/**
 * The chain of seals over the audit. A seal covers all rows of the transactions from `low` until before `high` and the hash
 * of the seal before it, so no row can be changed, removed or added behind a seal without the hash of every later one
 * changing too. Who could rewrite all of them cannot rewrite a hash that was noted elsewhere: the log tells each (app.ts).
 */
export interface Seal {
  readonly seq: bigint
  /** xid8. */
  readonly low: bigint
  readonly high: bigint
  readonly rows: number
  readonly at: number
  readonly marks: Buffer
  readonly hash: Buffer
}

/** A row of the audit, as far as seals go: who it is and every column in one text. */
export interface Sealed {
  readonly id: string
  readonly text: string
}

/** Bytes of a row in `marks`: its id, and the beginning of its hash. */
export const MARK = 24

/** Rows under one seal; more when one transaction has more. */
const MOST = 10_000

const START = Buffer.alloc(32)

/**
 * Seals what is older than every running transaction, and answers the newest seal when there is a new one. Whoever
 * commits later has a higher number, so nothing slips in behind a seal; what was rolled back has no row. One
 * caller at a time (the clock holds a lock); two would try the same number, and the second fails.
 */
export async function sealAudit(tx: Queryable, most = MOST): Promise<Seal | undefined> {
  const last = await newestSeal(tx)
  let [newest, low]: [Seal | undefined, bigint] = [last, last?.high ?? 0n]
  for (const edge = await edgeOf(tx); ;) {
    const high = await endOfNext(tx, low, edge, most)
    if (high === undefined) return newest === last ? undefined : newest
    newest = await sealRange(tx, newest, low, high)
    low = high
  }
}

async function sealRange(tx: Queryable, former: Seal | undefined, low: bigint, high: bigint): Promise<Seal> {
  const rows = await sealedRows(tx, low, high)
  const seal = sealOf(former?.hash ?? START, { seq: (former?.seq ?? 0n) + 1n, low, high, at: Date.now() }, rows)
  await tx.prepared('audit_seal_insert', INSERT, [
    String(seal.seq),
    String(low),
    String(high),
    seal.rows,
    seal.at,
    seal.marks,
    seal.hash,
  ])
  return seal
}

const INSERT =
  'insert into audit_seal (seq, low, high, rows, at, marks, hash) values ($1, $2::xid8, $3::xid8, $4, $5, $6, $7)'

/** The seal that these rows make: recomputing it is how it is checked. */
export function sealOf(
  former: Buffer,
  { seq, low, high, at }: Pick<Seal, 'seq' | 'low' | 'high' | 'at'>,
  rows: readonly Sealed[],
): Seal {
  const marks = Buffer.alloc(rows.length * MARK)
  const whole = createHash('sha256').update(former)
  whole.update(JSON.stringify(['parchi audit seal 1', String(seq), String(low), String(high), rows.length, at]))
  rows.forEach(({ id, text }, i) => {
    const hash = createHash('sha256').update(text).digest()
    whole.update(hash)
    marks.write(id.replaceAll('-', ''), i * MARK, 'hex')
    hash.copy(marks, i * MARK + 16, 0, 8)
  })
  return { seq, low, high, rows: rows.length, at, marks, hash: whole.digest() }
}

export const formerOfFirst = START

export async function newestSeal(db: Queryable): Promise<Seal | undefined> {
  const [row] = await db.prepared<StoredSeal>('audit_seal_newest', `${SEALS} order by seq desc limit 1`, [])
  return row && sealFrom(row)
}

/** In their order, beginning with this number. */
export async function sealsFrom(db: Queryable, seq: bigint, limit: number): Promise<Seal[]> {
  const rows = await db.prepared<StoredSeal>('audit_seals', `${SEALS} where seq >= $1 order by seq limit $2`, [
    String(seq),
    limit,
  ])
  return rows.map(sealFrom)
}

interface StoredSeal {
  seq: bigint
  low: string
  high: string
  rows: number
  at: bigint
  marks: Buffer
  hash: Buffer
}

const SEALS = 'select seq, low::text, high::text, rows, at, marks, hash from audit_seal'

function sealFrom(row: StoredSeal): Seal {
  return { ...row, low: BigInt(row.low), high: BigInt(row.high), at: Number(row.at) }
}

export function sealedRows(db: Queryable, low: bigint, high: bigint): Promise<Sealed[]> {
  return db.prepared<Sealed>('audit_sealed_rows', ROWS, [String(low), String(high)])
}

// JSON, because no two rows have the same one; its form is PostgreSQL's own and does not depend on settings.
const ROWS = `
  select id::text, json_build_array(id, tx::text, kind, who, app, role, facility, scopes, request, code, action, status,
    outcome, type, resource, version, patients, tiers, tier, reason, seen, written, names)::text as text
  from audit where tx >= $1::xid8 and tx < $2::xid8 order by tx, id`

async function edgeOf(db: Queryable): Promise<bigint> {
  const [row] = await db.prepared<{ edge: string }>('audit_edge', EDGE, [])
  return BigInt(row?.edge ?? 0)
}

const EDGE = 'select pg_snapshot_xmin(pg_current_snapshot())::text as edge'

/** Where the next seal ends: at the edge, or at the first transaction that is too many. Undefined: nothing to seal. */
async function endOfNext(db: Queryable, low: bigint, edge: bigint, most: number): Promise<bigint | undefined> {
  const [row] = await db.prepared<{ first: string | null; beyond: string | null }>('audit_next', NEXT, [
    String(low),
    String(edge),
    most,
  ])
  if (!row || row.first === null) return undefined
  const [first, beyond] = [BigInt(row.first), row.beyond === null ? edge : BigInt(row.beyond)]
  return beyond > first ? beyond : first + 1n
}

const NEXT = `
  select (select min(tx) from audit where tx >= $1::xid8 and tx < $2::xid8)::text as first,
         (select tx from audit where tx >= $1::xid8 and tx < $2::xid8 order by tx offset $3 limit 1)::text as beyond`
