/** As many at a time: a batch must not take all of the database's connections. */
const AT_ONCE = 4

export async function eachOf<T>(items: readonly T[], work: (item: T, place: number) => Promise<void>): Promise<void> {
  const queue = items.entries()
  const next = async () => {
    for (const [place, item] of queue) await work(item, place)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}
