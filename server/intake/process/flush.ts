import { issue, type Issue } from '../../../mappers/issues.ts'
import type { Facility } from '../../../mappers/mapping.ts'
import type { Queryable } from '../../db/database.ts'
import { FhirError } from '../../errors.ts'
import type { CarryOut } from '../../interactions/transaction/transaction.ts'
import { hold } from '../../jobs/queue.ts'
import type { Intake } from '../intake.ts'
import type { MadeVersion } from '../made.ts'
import { makeOrigins } from './ahead.ts'
import { assemble, type Assembled } from './assemble.ts'
import { writeKeys } from './commit.ts'
import { isConflict, isPassing } from './conflicts.ts'
import { decide } from './decide.ts'
import { hasDocument, postDocuments, type Posted } from './documents.ts'
import type { Item, Verdict } from './item.ts'
import { readKnown } from './known.ts'
import { movesVisit } from './moved.ts'
import { leftOf, storedWith, type Left } from './obsolete.ts'
import { Stored } from './stored.ts'
import { culprits, nothingWritten, present, writeBatch, type Written } from './write.ts'

/** A verdict that was carried out. */
export interface Done extends Verdict {
  readonly made: readonly MadeVersion[]
}

/** Writes what became of the records, in the transaction that writes them; run again when that is. */
export type Keep = (tx: Queryable, done: readonly Done[]) => Promise<void>

/** Another writer changed what a batch joins with: read again and try again, so many times. */
const TRIES = 6

/** A batch that only has to be written: what becomes of its records, and what that does to the resources. */
export interface Prepared {
  readonly list: readonly Verdict[]
  readonly batch: Assembled
  /** The desk has seen it already. */
  readonly carryOut?: CarryOut
}

export interface Flushed {
  readonly done: readonly Done[]
  /** References of all that was written, also of what no record names: what one made before and no longer makes. */
  readonly changed: ReadonlySet<string>
}

/**
 * Judges the records of one facility and writes those that are to be written, and with `keep` what became of them, all in
 * one transaction. A record that the desk refuses is taken out and the rest tried again, so one bad record never costs
 * another. Run again after a crash it makes nothing twice: ids come from the records, and equal content makes no version.
 * `ahead` is what was prepared of them already.
 */
export async function flush(
  intake: Intake,
  facility: Facility,
  items: readonly Item[],
  keep?: Keep,
  ahead?: Prepared,
): Promise<Flushed> {
  const refused = new Map<Item, readonly Issue[]>()
  const posted = new Map<Item, Posted>()
  for (let conflicts = 0, given = ahead; ; given = undefined) {
    const { list, batch, carryOut } = given ?? (await prepare(intake, items, refused, posted))
    let all: readonly Done[] = []
    const along = async (tx: Queryable, written: Written) => {
      all = done(list, written, posted)
      await keep?.(tx, all)
    }
    try {
      if (batch.entries.length > 0) await writeBatch(batch, carryOut ?? (await present(intake, facility, batch)), along)
      else await intake.house.db.transaction((tx) => along(tx, nothingWritten))
      return { done: all, changed: new Set(batch.pending.map(({ reference }) => reference)) }
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      if (isConflict(error) && ++conflicts < TRIES) continue
      if (isPassing(error)) throw error
      const found = culprits(intake, batch, error)
      const writing = list.filter(({ write }) => write)
      if (found.size === 0 && writing.length > 1) return halves(intake, facility, items, refused, keep)
      const [only] = writing
      if (found.size === 0 && only) found.set(only.item, [invalid(only.item, error)])
      if (found.size === 0) throw error
      for (const [item, issues] of found) refused.set(item, issues)
    }
  }
}

/** All that comes before the writing; records whose documents the desk refuses are added to `refused`. */
async function prepare(
  intake: Intake,
  items: readonly Item[],
  refused: Map<Item, readonly Issue[]>,
  posted: Map<Item, Posted>,
): Promise<Prepared> {
  for (;;) {
    const { list, stored } = await judged(intake, items, refused)
    const bad = refused.size
    await postDocuments(intake, list, posted, refused)
    if (refused.size > bad) continue
    const left = await leftOf(intake.house.db, list)
    const batch = assemble(list, await storedWith(intake.house.db, stored, left), left, posted)
    return { list: list.map((one) => settledLate(one, batch.late)), batch }
  }
}

const NOTHING_LEFT: Left = { obsolete: new Map(), retracted: new Map() }

/**
 * The same while the batch before is still being written, of which nothing is read here (turn.ts); undefined when that is
 * not enough: documents are posted, a visit that moves takes along whatever refers to it, and what a record made before is
 * compared with what others made of it.
 */
export async function prepareAhead(
  intake: Intake,
  facility: Facility,
  items: readonly Item[],
): Promise<Prepared | undefined> {
  if (items.some(hasDocument) || items.some(movesVisit)) return undefined
  const { list, stored } = await judged(intake, items, new Map())
  if (list.some(({ write }) => write?.before)) return undefined
  const batch = assemble(list, stored, NOTHING_LEFT)
  makeOrigins(intake, batch)
  const late = list.map((one) => settledLate(one, batch.late))
  return {
    list: late,
    batch,
    ...(batch.entries.length > 0 && { carryOut: await present(intake, facility, batch, true) }),
  }
}

/** What would become of the records, and what is stored of what they touch. */
export async function judged(intake: Intake, items: readonly Item[], refused: ReadonlyMap<Item, readonly Issue[]>) {
  const { db } = intake.house
  const [known, stored] = await Promise.all([readKnown(db, items), Stored.read(db, items)])
  const patience = Date.now() - intake.limits.parked
  return { list: decide(items, { known, stored: (one) => stored.has(one), refused, patience }), stored }
}

/**
 * The refusal names no record: it is found by trying ever smaller parts, in order; what became of all is written at the end,
 * and with each part only what the next ones are judged by.
 */
async function halves(
  intake: Intake,
  facility: Facility,
  items: readonly Item[],
  refused: ReadonlyMap<Item, readonly Issue[]>,
  keep: Keep | undefined,
): Promise<Flushed> {
  const good = items.filter((item) => !refused.has(item))
  const middle = Math.ceil(good.length / 2)
  const part: Keep | undefined = keep && keepPart
  const first = await flush(intake, facility, good.slice(0, middle), part)
  const second = await flush(intake, facility, good.slice(middle), part)
  const bad = [...refused].map(([item, issues]): Done => ({
    item,
    state: 'quarantined',
    issues: [...item.record.issues, ...issues],
    made: [],
  }))
  const all = new Map([...first.done, ...second.done, ...bad].map((one) => [one.item, one]))
  const list = items.flatMap((item) => all.get(item) ?? [])
  if (keep) await intake.house.db.transaction((tx) => keep(tx, list))
  return { done: list, changed: new Set([...first.changed, ...second.changed]) }
}

async function keepPart(tx: Queryable, list: readonly Done[]): Promise<void> {
  await hold(tx, [...new Set(list.map(({ item }) => item.run.job))])
  await writeKeys(tx, list)
}

/** Processed again, a record keeps the state it had: it was there before the newer ones. */
function settledLate(verdict: Verdict, late: ReadonlySet<Item>): Verdict {
  const { item } = verdict
  if (!late.has(item) || item.run.replay) return verdict
  return { item, state: 'superseded', issues: [issue('STALE', { line: item.record.line })] }
}

function done(verdicts: readonly Verdict[], { made, warnings }: Written, posted: ReadonlyMap<Item, Posted>): Done[] {
  return verdicts.map((verdict) => {
    const told = warnings.get(verdict.item)
    const versions = [...(posted.get(verdict.item)?.made ?? []), ...(made.get(verdict.item) ?? [])]
    if (!told || verdict.state !== 'accepted')
      return { ...verdict, made: versions, issues: [...verdict.issues, ...(told ?? [])] }
    return { ...verdict, state: 'accepted-with-warnings', issues: [...verdict.issues, ...told], made: versions }
  })
}

function invalid({ record }: Item, error: FhirError): Issue {
  return issue('RESOURCE_INVALID', { line: record.line, detail: error.message })
}
