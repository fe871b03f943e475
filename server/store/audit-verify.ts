import type { Queryable } from '../db/database.ts'
import { edges } from './changes.ts'
import { lastArchive, type Archive } from './audit-archive.ts'
import { againstAnchor, compare, type Breach } from './audit-breach.ts'
import { formerOfFirst, sealedRows, sealsFrom, type Seal } from './audit-seal.ts'

export type { Breach }

export interface Verified {
  readonly holds: boolean
  readonly seals: number
  readonly rows: number
  /** Rows that no seal covers yet: those of the last seconds. */
  readonly unsealed: number
  readonly newest: { readonly seal: bigint; readonly hash: string } | undefined
  /** What the first seal here builds on: the last one that was archived. */
  readonly archived: { readonly seal: bigint; readonly hash: string; readonly file: string } | undefined
  /** In their order; the first is where to look. At most 100. */
  readonly breaches: readonly Breach[]
}

export interface Claims {
  /** Begin with this seal, and not with the first that is not archived; what it builds on is then taken as it stands. */
  readonly from?: bigint | undefined
  /** Hashes that were noted elsewhere, by the number of their seal. */
  readonly anchors?: ReadonlyMap<bigint, string>
}

const AT_ONCE = 100
const MOST = 100

/** Recomputes every seal from the rows that stand there now. */
export async function verifyAudit(db: Queryable, claims: Claims = {}): Promise<Verified> {
  const archive = await lastArchive(db)
  const first = (archive?.seq ?? 0n) + 1n
  const { from = first, anchors = new Map<bigint, string>() } = claims
  const breaches: Breach[] = []
  const found = (breach: Breach | undefined) => breach && breaches.length < MOST && breaches.push(breach)
  let [seals, rows] = [0, 0]
  let last = await sealBefore(db, from, archive)
  if (from > 1n) found(last ? againstAnchor(last, anchors) : missing(from - 1n))
  for (const seq of anchors.keys()) if (seq + 1n < first) found(inFile(seq))
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
  const archived = archive && { seal: archive.seq, hash: archive.hash.toString('hex'), file: archive.file }
  return { holds: breaches.length === 0, seals, rows, unsealed, newest, archived, breaches }
}

/** Of what was archived there is the last hash, on which the first seal here builds. */
async function sealBefore(db: Queryable, from: bigint, archive: Archive | undefined): Promise<Seal | undefined> {
  if (archive && archive.seq === from - 1n) return { ...archive, low: archive.high, at: 0, marks: Buffer.alloc(0) }
  return from > 1n ? (await sealsFrom(db, from - 1n, 1)).find(({ seq }) => seq === from - 1n) : undefined
}

/** An anchor that nobody can hold against anything here must not pass for one that held. */
function inFile(seal: bigint): Breach {
  return { ...missing(seal), what: 'the seal was archived: verify its file' }
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
