import type { Queryable } from '../../db/database.ts'

/**
 * More for the database while it does what is on its way: made and sent when that has left, for until then PostgreSQL waits
 * for every piece. Whichever fails, it is told when neither sends anything more, for then the transaction ends and its
 * connection is somebody else's.
 */
export async function abreast(
  tx: Queryable,
  first: Promise<void>,
  second: (() => Promise<void>) | undefined,
): Promise<void> {
  if (!second) return first
  const later = (tx.left?.() ?? Promise.resolve()).then(second)
  for (const one of await Promise.allSettled([first, later])) if (one.status === 'rejected') throw one.reason
}
