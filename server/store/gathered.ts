import type { Queryable } from '../db/database.ts'

/**
 * What is asked for in the same turn of the event loop is read by one statement: alone it is as fast, and under load the
 * journey to the database is shared. `readEach` answers in the order it is asked.
 */
export function gathered<Asked, Found>(
  readEach: (db: Queryable, asked: readonly Asked[]) => Promise<readonly Found[]>,
): (db: Queryable, asked: Asked) => Promise<Found> {
  const waiting = new WeakMap<Queryable, { readonly asked: Asked[]; readonly found: Promise<readonly Found[]> }>()
  return async (db, one) => {
    let turn = waiting.get(db)
    if (!turn) {
      const asked: Asked[] = []
      const found = new Promise((resolve) => setImmediate(resolve)).then(() => {
        waiting.delete(db)
        return readEach(db, asked)
      })
      waiting.set(db, (turn = { asked, found }))
    }
    const place = turn.asked.push(one) - 1
    return (await turn.found)[place] as Found
  }
}
