import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import type { Database, Queryable } from '../db/database.ts'
import { asOwner } from '../db/role.ts'
import { againstAnchor, compare, type Breach } from './audit-breach.ts'
import { formerOfFirst, newestSeal, sealedRows, sealsFrom, type Seal, type Sealed } from './audit-seal.ts'

/**
 * An old part of the audit as a file: gzip over lines of JSON. The first says which seals it has and what they build on; then
 * each seal, followed by its rows, every one the very text that was sealed. So it is checked by itself (`verifyArchive`), and
 * the seals that stay in the database go on building on its last hash.
 */
export interface Archive {
  /** The last seal in it. */
  readonly seq: bigint
  readonly high: bigint
  readonly hash: Buffer
  readonly rows: number
  readonly file: string
  readonly digest: Buffer
}

/** Rows of a file, about; a seal is never divided. */
const MOST = 200_000

/**
 * Moves the seals that were made before a time into files of a folder, oldest first, and answers them. The newest seal stays,
 * for the next one builds on it. Of each file: written, read again and checked whole, recorded, and only then removed from
 * the database, in one transaction. What does not hold is not archived, so that nobody loses the evidence.
 */
export async function archiveAudit(
  db: Database,
  folder: string,
  { before, most = MOST, now = Date.now() }: { before: number; most?: number; now?: number },
): Promise<Archive[]> {
  const made: Archive[] = []
  for (;;) {
    const former = await lastArchive(db)
    const seals = await nextSeals(db, (former?.seq ?? 0n) + 1n, { before, most })
    const last = seals.at(-1)
    if (!last) return made
    const file = join(folder, `audit-${name(seals[0]?.seq)}-${name(last.seq)}.jsonl.gz`)
    await write(db, file, former?.hash ?? formerOfFirst, seals)
    const checked = await verifyArchive(file)
    if (!checked.holds) {
      await rm(file)
      throw new Error(
        `The audit does not hold at seal ${checked.breaches[0]?.seal}: it is not archived. Run audit verify.`,
      )
    }
    const { digest } = checked
    const archive = {
      seq: last.seq,
      high: last.high,
      hash: last.hash,
      rows: checked.rows,
      file: basename(file),
      digest,
    }
    await remove(db, archive, now)
    made.push(archive)
  }
}

function name(seq: bigint | undefined): string {
  return String(seq ?? 0).padStart(9, '0')
}

async function nextSeals(
  db: Queryable,
  from: bigint,
  { before, most }: { readonly before: number; readonly most: number },
): Promise<Seal[]> {
  const newest = (await newestSeal(db))?.seq ?? 0n
  const found: Seal[] = []
  for (let rows = 0; rows < most;) {
    const batch = await sealsFrom(db, (found.at(-1)?.seq ?? from - 1n) + 1n, 100)
    const old = batch.filter(({ seq, at }) => seq < newest && at < before)
    for (const seal of old) {
      if (rows >= most) break
      found.push(seal)
      rows += seal.rows
    }
    if (old.length < 100) break
  }
  return found
}

/** Under another name until it is whole and on the disk. */
async function write(db: Queryable, file: string, former: Buffer, seals: readonly Seal[]): Promise<void> {
  const part = `${file}.part`
  await pipeline(Readable.from(linesOf(db, former, seals)), createGzip(), createWriteStream(part, { mode: 0o600 }))
  const handle = await open(part)
  await handle.sync()
  await handle.close()
  await rename(part, file)
}

async function* linesOf(db: Queryable, former: Buffer, seals: readonly Seal[]): AsyncGenerator<string> {
  const [first, last] = [String(seals[0]?.seq), String(seals.at(-1)?.seq)]
  yield `${JSON.stringify({ parchi: FORM, first, last, former: former.toString('hex') })}\n`
  for (const { seq, low, high, rows, at, marks, hash } of seals) {
    const [numbers, texts] = [[seq, low, high].map(String), [marks.toString('base64'), hash.toString('hex')]]
    yield `${JSON.stringify({ seal: [...numbers, rows, at, ...texts] })}\n`
    for (const { id, text } of await sealedRows(db, low, high)) yield `${JSON.stringify([id, text])}\n`
  }
}

const FORM = 'audit archive 1'

/** With the archive recorded, the triggers let these rows and seals go (migration 018). Only the owner may. */
async function remove(db: Database, { seq, high, hash, rows, file, digest }: Archive, now: number): Promise<void> {
  await db.transaction(async (tx) => {
    await asOwner(tx)
    const values = [String(seq), String(high), hash, rows, file, digest, now]
    await tx.prepared('archive_record', RECORD, values)
    await tx.prepared('archive_rows', 'delete from audit where tx < $1::xid8', [String(high)])
    await tx.prepared('archive_seals', 'delete from audit_seal where seq <= $1', [String(seq)])
  })
}

const RECORD =
  'insert into audit_archive (seq, high, hash, rows, file, digest, at) values ($1, $2::xid8, $3, $4, $5, $6, $7)'

export async function lastArchive(db: Queryable): Promise<Archive | undefined> {
  const [row] = await db.prepared<Recorded>('archive_last', `${RECORDS} order by seq desc limit 1`, [])
  return row && { ...row, high: BigInt(row.high) }
}

/** What was recorded when the archive with this last seal was made. */
export async function archiveOf(db: Queryable, seq: bigint): Promise<Archive | undefined> {
  const [row] = await db.prepared<Recorded>('archive_of', `${RECORDS} where seq = $1`, [String(seq)])
  return row && { ...row, high: BigInt(row.high) }
}

type Recorded = Omit<Archive, 'high'> & { readonly high: string }

const RECORDS = 'select seq, high::text, hash, rows, file, digest from audit_archive'

export interface Checked {
  readonly holds: boolean
  readonly seals: number
  readonly rows: number
  readonly first: bigint
  /** What its first seal builds on: the last hash of the file before it; zeros for the first one. */
  readonly former: Buffer
  readonly last: { readonly seal: bigint; readonly hash: string } | undefined
  readonly breaches: readonly Breach[]
  readonly digest: Buffer
}

/** Recomputes the seals of a file from its rows. Anchors of seals that it does not have are not asked for. */
export async function verifyArchive(file: string, anchors: ReadonlyMap<bigint, string> = new Map()): Promise<Checked> {
  const whole = createHash('sha256')
  const bytes = createReadStream(file).on('data', (chunk) => whole.update(chunk))
  const reading = new Reading(anchors)
  const unzipped = bytes.pipe(createGunzip())
  bytes.once('error', (error) => unzipped.destroy(error))
  for await (const line of createInterface({ input: unzipped, crlfDelay: Infinity })) reading.take(line)
  const { seals, rows, former, first, last, breaches } = reading.end()
  const newest = last && { seal: last.seq, hash: last.hash.toString('hex') }
  return { holds: breaches.length === 0, seals, rows, first, former, last: newest, breaches, digest: whole.digest() }
}

/** The file, a line at a time. */
class Reading {
  readonly breaches: Breach[] = []
  seals = 0
  rows = 0
  former: Buffer = formerOfFirst
  first = 0n
  last: Seal | undefined
  #promised = 0n
  #next: Seal | undefined
  #standing: Sealed[] = []
  #begun = false

  constructor(private readonly anchors: ReadonlyMap<bigint, string>) {}

  take(line: string): void {
    const read = JSON.parse(line) as unknown
    if (!this.#begun) return this.#begin(read)
    if (Array.isArray(read)) {
      const [id, text] = read as [string, string]
      this.#standing.push({ id, text })
      this.rows++
      return
    }
    this.#close()
    this.#next = sealIn(read)
    const follows = this.last ? this.last.seq + 1n : this.first
    const begins = this.last?.high ?? this.#next.low
    if (this.#next.seq !== follows || this.#next.low !== begins)
      this.#found(this.#next.seq, 'a seal before it is missing')
  }

  end(): this {
    this.#close()
    if (!this.#begun || this.last?.seq !== this.#promised) this.#found(this.#promised, 'the file ends too early')
    return this
  }

  #begin(read: unknown): void {
    const { parchi, first = '0', last = '0', former = '' } = read as Partial<Record<string, string>>
    if (parchi !== FORM) throw new Error('This is no archive of the audit.')
    this.#begun = true
    this.first = BigInt(first)
    this.#promised = BigInt(last)
    this.former = Buffer.from(former, 'hex')
  }

  #close(): void {
    const seal = this.#next
    if (!seal) return
    const breach = compare(seal, this.last?.hash ?? this.former, this.#standing) ?? againstAnchor(seal, this.anchors)
    if (breach) this.breaches.push(breach)
    this.last = seal
    this.seals++
    this.#standing = []
    this.#next = undefined
  }

  #found(seal: bigint, what: string): void {
    this.breaches.push({ seal, what, changed: [], removed: [], added: [] })
  }
}

function sealIn(read: unknown): Seal {
  const { seal } = read as { seal: [string, string, string, number, number, string, string] }
  const [seq, low, high, rows, at, marks, hash] = seal
  const [first, from, to] = [BigInt(seq), BigInt(low), BigInt(high)]
  return {
    seq: first,
    low: from,
    high: to,
    rows,
    at,
    marks: Buffer.from(marks, 'base64'),
    hash: Buffer.from(hash, 'hex'),
  }
}
