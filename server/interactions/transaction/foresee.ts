import { FhirError } from '../../errors.ts'
import { makeColumns } from '../../store/columns.ts'
import { heardOf } from '../../store/read.ts'
import type { House } from '../house.ts'
import type { Writer } from '../pen.ts'
import { decideAll, keysOf, type Acting } from './deciding.ts'

/**
 * Row keys of resources that nobody had heard of when it was looked: there was nothing to lock, so nothing of them is looked
 * for in the transaction. Who created one meanwhile, and maybe deleted it, is met when it is written (store/write.ts): then
 * the transaction is run again without this.
 */
export type Unheard = ReadonlySet<bigint>

export const NOBODY: Unheard = new Set()

/**
 * Of a transaction that has to wait for another one: which of its resources are new, and the columns they will be written
 * as, so that in its turn it sends them at once.
 */
export async function foresee(house: House, writer: Writer, acting: readonly Acting[]): Promise<Unheard> {
  // only what is made: a delete must find what is created until its turn
  const making = acting.filter(({ one }) => one.made)
  const keys = keysOf(making)
  const heard = await heardOf(house.db, keys)
  const unheard = new Set(keys.flatMap(({ rid }) => (heard.has(rid) ? [] : [rid])))
  const fresh = making.filter(({ identity }) => identity.fresh || unheard.has(identity.rid))
  try {
    const none = new Map<never, never>()
    const done = decideAll(house, writer, fresh, { locked: none, existing: none })
    makeColumns(done.flatMap(({ decision }) => ('write' in decision ? [decision.write] : [])))
  } catch (error) {
    if (!(error instanceof FhirError)) throw error // what is refused is refused in its turn
  }
  return unheard
}
