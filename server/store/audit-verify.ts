import type { Queryable } from '../db/database.ts'
import { edges } from './changes.ts'
import { formerOfFirst, MARK, sealedRows, sealOf, sealsFrom, type Seal, type Sealed } from './audit-seal.ts'

/** A seal that does not hold, and why. */
export interface Breach {
  readonly seal: bigint
  readonly what: string
  /** Ids of rows, as far as the seal's marks tell. */
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

export interface Verified {
  readonly holds: boolean
  readonly seals: number
  readonly rows: number
  /** Rows that no seal covers yet: those of the last seconds. */
  readonly unsealed: number
  readonly newest: { readonly seal: bigint; readonly hash: string } | undefined
  /** In their order; the first is where to look. At most 100. */
  readonly breaches: readonly Breach[]
}

export interface Claims {
  /** Begin with this seal; what it builds on is then taken as it stands. */
  readonly from?: bigint | undefined
  /** Hashes that were noted elsewhere, by the number of their seal. */
  readonly anchors?: ReadonlyMap<bigint, string>
}

const AT_ONCE = 100
const MOST = 100

/** Recomputes every seal from the rows that stand there now. */
export async function verifyAudit(db: Queryable, { from = 1n, anchors = new Map() }: Claims = {}): Promise<Verified> {
  const breaches: Breach[] = []
  const found = (breach: Breach | undefined) => breach && breaches.length < MOST && breaches.push(breach)
  let [seals, rows] = [0, 0]
  let last = from > 1n ? (await sealsFrom(db, from - 1n, 1)).find(({ seq }) => seq === from - 1n) : undefined
  if (from > 1n) found(last ? againstAnchor(last, anchors) : missing(from - 1n))
  for (let batch = await sealsFrom(db, from, AT_ONCE); batch.length > 0;) {
    for (const seal of batch) {
      found(outOfOrder(last, seal, from))
      const standing = await sealedRows(db, seal.low, seal.high)
      found(compare(seal, last?.hash ?? formerOfFirst, standing) ?? againstAnchor(seal, anchors))
      last = seal
      seals += 1
      rows += standing.length
    }
    batch = await sealsFrom(db, (last?.seq ?? from) + 1n, AT_ONCE)
  }
  for (const seq of anchors.keys()) if (seq > (last?.seq ?? 0n)) found(missing(seq))
  const { unsealed, ahead } = await beyond(db, last?.high ?? 0n)
  if (ahead.length > 0)
    found({ ...missing((last?.seq ?? 0n) + 1n), what: 'rows of transactions to come', added: ahead })
  const newest = last && { seal: last.seq, hash: last.hash.toString('hex') }
  return { holds: breaches.length === 0, seals, rows, unsealed, newest, breaches }
}

const none = { changed: [], removed: [], added: [] }

function missing(seal: bigint): Breach {
  return { seal, what: 'the seal is missing', ...none }
}

function outOfOrder(last: Seal | undefined, { seq, low }: Seal, from: bigint): Breach | undefined {
  if (seq !== (last ? last.seq + 1n : from)) return missing(last ? last.seq + 1n : from)
  return low === (last?.high ?? low) && (last || low === 0n)
    ? undefined
    : { seal: seq, what: 'the seal does not begin where the one before it ended', ...none }
}

function compare(seal: Seal, former: Buffer, rows: readonly Sealed[]): Breach | undefined {
  const again = sealOf(former, seal, rows)
  if (again.hash.equals(seal.hash) && again.marks.equals(seal.marks) && again.rows === seal.rows) return undefined
  const [before, now] = [marksOf(seal.marks), marksOf(again.marks)]
  const removed = [...before.keys()].filter((id) => !now.has(id))
  const added = [...now.keys()].filter((id) => !before.has(id))
  const changed = [...now].flatMap(([id, mark]) => (before.has(id) && before.get(id) !== mark ? [id] : []))
  const rowsDiffer = removed.length + added.length + changed.length > 0
  const what = rowsDiffer ? 'rows were tampered with' : 'the seal itself, or the one before it, was changed'
  return { seal: seal.seq, what, removed, added, changed }
}

function againstAnchor({ seq, hash }: Seal, anchors: ReadonlyMap<bigint, string>): Breach | undefined {
  const noted = anchors.get(seq)
  if (noted === undefined || noted.toLowerCase() === hash.toString('hex')) return undefined
  return { seal: seq, what: 'the hash is not the one that was noted: the chain was written anew', ...none }
}

function marksOf(marks: Buffer): Map<string, string> {
  const found = new Map<string, string>()
  for (let at = 0; at + MARK <= marks.length; at += MARK) {
    found.set(uuid(marks.toString('hex', at, at + 16)), marks.toString('hex', at + 16, at + MARK))
  }
  return found
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** What no seal covers: the rows of the last moments, and those of transactions that cannot have been yet. */
async function beyond(db: Queryable, high: bigint): Promise<{ unsealed: number; ahead: string[] }> {
  const { end } = await edges(db)
  const [row] = await db.prepared<{ unsealed: number; ahead: string[] | null }>('audit_beyond', BEYOND, [
    String(high),
    String(end),
  ])
  return { unsealed: row?.unsealed ?? 0, ahead: row?.ahead ?? [] }
}

const BEYOND = `
  select count(*) filter (where tx < $2::xid8)::int as unsealed,
         (array_agg(id::text) filter (where tx >= $2::xid8))[1:100] as ahead
  from audit where tx >= $1::xid8`
