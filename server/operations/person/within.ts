import type { Queryable } from '../../db/database.ts'
import { databaseWithin } from '../../db/within.ts'
import type { House } from '../../interactions/house.ts'

/** The house inside a transaction that is running: what opens one of its own takes part in this one. */
export function within(house: House, tx: Queryable): House {
  return { ...house, db: databaseWithin(tx) }
}

/** Does the work, and lets nothing of it stay. */
export async function tried<T>(house: House, work: (house: House) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined
  const back = new Error('a preview is taken back')
  try {
    await house.db.transaction(async (tx) => {
      result = { value: await work(within(house, tx)) }
      throw back
    })
  } catch (error) {
    if (error === back && result) return result.value
    throw error
  }
  throw back
}
