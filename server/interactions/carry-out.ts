import type { Queryable } from '../db/database.ts'
import { storeWords } from '../store/lexicon.ts'
import { lockRows } from '../store/read.ts'
import { write } from '../store/write.ts'
import { decide, type Decision, type Intent } from './decide.ts'
import type { House } from './house.ts'

/** Carries out one intent in a transaction of its own: lock, decide, write. */
export async function carryOut(house: House, intent: Intent): Promise<Decision> {
  if (intent.want.how === 'c' || intent.want.how === 'u') await storeWords(house.db, intent.want.made.entries.words)
  if (intent.fresh) return createFresh(house, intent)
  return house.db.transaction((tx) => carryOutIn(house, tx, intent))
}

/** The same inside a transaction that is running already. The words of a resource that is not made here are stored before. */
export async function carryOutIn(house: House, tx: Queryable, intent: Intent): Promise<Decision> {
  const locked = intent.fresh ? undefined : (await lockRows(tx, [intent])).get(intent.rid)
  const decision = decide(intent, locked)
  if (!('write' in decision)) return decision
  if (intent.want.how === 'p') await storeWords(house.db, decision.write.entries?.words ?? [], tx)
  await write(tx, [decision.write])
  return decision
}

/** A create under an id of ours needs no lock, and its one statement is a transaction by itself. */
async function createFresh(house: House, intent: Intent): Promise<Decision> {
  const decision = decide(intent, undefined)
  if ('write' in decision) await write(house.db, [decision.write])
  return decision
}
