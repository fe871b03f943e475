/**
 * More for the database while it does what is on its way: made and sent when that has left. Whichever fails, it is told
 * when neither sends anything more, for then the transaction ends and its connection is somebody else's.
 */
export async function abreast(first: Promise<void>, second: (() => Promise<void>) | undefined): Promise<void> {
  if (!second) return first
  const later = new Promise<void>((resolve, reject) => setImmediate(() => void second().then(resolve, reject)))
  for (const one of await Promise.allSettled([first, later])) if (one.status === 'rejected') throw one.reason
}
