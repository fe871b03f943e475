import type { Queryable } from '../../db/database.ts'

/**
 * More for the database while it does what is on its way: made and sent when that has left, for until then PostgreSQL waits
 * for every piece. The first that fails is told, for what follows fails with it; and not before none sends anything more, for
 * then the transaction ends and its connection is somebody else's.
 */
export async function abreast(
  tx: Queryable,
  first: Promise<void>,
  later: readonly (() => Promise<void>)[],
): Promise<void> {
  if (later.length === 0) return first
  const left = tx.left?.() ?? Promise.resolve()
  const all = [first, ...later.map((one) => left.then(one))]
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason
}
