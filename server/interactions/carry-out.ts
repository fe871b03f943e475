import type { Queryable } from '../db/database.ts'
import { FhirError } from '../errors.ts'
import { storeWords } from '../store/lexicon.ts'
import { lockRows } from '../store/read.ts'
import type { Write } from '../store/types.ts'
import { settleBinaries } from '../store/binaries.ts'
import { showPen, write } from '../store/write.ts'
import { decide, decideTaken, type Decision, type Intent } from './decide.ts'
import type { House } from './house.ts'
import { checkType, facing, isFree, isMine, type Writer } from './pen.ts'
import { strayPatients, strayReferences } from './stray.ts'

/** Carries out one intent in a transaction of its own: lock, decide, write. */
export async function carryOut(house: House, writer: Writer, intent: Intent): Promise<Decision> {
  checkType(writer.pen, intent.want.how, intent.type)
  if (intent.want.how === 'c' || intent.want.how === 'u') await storeWords(house.db, intent.want.made.entries.words)
  if (intent.fresh && isFree(writer)) return createFresh(house, writer, intent)
  return house.db.transaction((tx) => carryOutIn(house, writer, tx, intent))
}

/** The same inside a transaction that is running already. The words of a resource that is not made here are stored before. */
export async function carryOutIn(house: House, writer: Writer, tx: Queryable, intent: Intent): Promise<Decision> {
  const locked = intent.fresh ? undefined : (await lockRows(tx, [intent])).get(intent.rid)
  const others = locked && !isMine(writer.pen, locked) ? [locked] : []
  const { decision, taken } = decideTaken(intent, locked, await facing(tx, writer, others))
  if (!('write' in decision)) return decision
  const stray = await strayPatients(tx, writer, [decision.write])
  const issues = strayReferences(decision.write, stray)
  if (issues.length > 0) throw new FhirError('unprocessable', issues)
  if (taken) throw taken
  if (intent.want.how === 'p') await storeWords(house.db, decision.write.entries?.words ?? [], tx)
  await writeFor(tx, writer, [decision.write])
  return decision
}

/**
 * The one place where versions are written in somebody's name: the database is shown the pen (migration 012), and the
 * notes go into the same transaction, which is one unless the writer is free.
 */
export async function writeFor(tx: Queryable, writer: Writer, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return
  if (isFree(writer)) return void (await Promise.all([write(tx, writes), settleBinaries(tx, writes)]))
  const { owner, limits } = writer.pen
  const held = limits !== undefined && !limits.everyones
  // sent one after the other: the pen counts for what comes between
  const [, , settled] = await Promise.all([held && showPen(tx, owner), write(tx, writes), settleBinaries(tx, writes)])
  if (settled && held) await showPen(tx, owner)
  writer.notes.wrote(writes)
  await writer.notes.inTransaction(tx)
}

/** A create under an id of ours needs no lock, and its one statement is a transaction by itself. */
async function createFresh(house: House, writer: Writer, intent: Intent): Promise<Decision> {
  const decision = decide(intent, undefined, writer)
  if (!('write' in decision)) return decision
  const { write: one } = decision
  if (one.binaries) await house.db.transaction((tx) => writeFor(tx, writer, [one]))
  else await writeFor(house.db, writer, [one])
  return decision
}
