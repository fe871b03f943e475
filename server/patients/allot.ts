import { uuid7 } from '../store/uuid.ts'

/**
 * Which golden Patient each cluster keeps, of those its members had: the one with the most of its members, of equal ones
 * the smallest id. A cluster that is left without one gets a new id, a function of its first member, so that the same
 * people linked twice have the same golden Patient. Pure.
 */
export interface Member {
  readonly id: string
  /** Id of the golden Patient it had. */
  readonly golden?: string | undefined
}

export interface Allotted {
  /** Of each cluster, in order; undefined for a record that is alone. */
  readonly goldens: readonly (string | undefined)[]
  /** Of each golden Patient that no cluster keeps: the one all its members went to, or undefined. */
  readonly left: ReadonlyMap<string, string | undefined>
}

export function allot(clusters: readonly (readonly Member[])[], isFree: (id: string) => boolean): Allotted {
  const claims = clusters.flatMap((members, place) =>
    members.length < 2 ? [] : [...countBy(members)].map(([golden, count]) => ({ golden, count, place })),
  )
  claims.sort((x, y) => y.count - x.count || compare(x.golden, y.golden) || x.place - y.place)
  const goldens = clusters.map((): string | undefined => undefined)
  const taken = new Set<string>()
  for (const { golden, place } of claims) {
    if (goldens[place] !== undefined || taken.has(golden)) continue
    goldens[place] = golden
    taken.add(golden)
  }
  for (const [place, members] of clusters.entries()) {
    if (members.length < 2 || goldens[place] !== undefined) continue
    const id = newId(members[0]!.id, (one) => !taken.has(one) && isFree(one))
    goldens[place] = id
    taken.add(id)
  }
  return { goldens, left: leftOver(clusters, goldens, taken) }
}

function leftOver(
  clusters: readonly (readonly Member[])[],
  goldens: readonly (string | undefined)[],
  taken: ReadonlySet<string>,
): Map<string, string | undefined> {
  const left = new Map<string, string | undefined>()
  for (const [place, members] of clusters.entries())
    for (const { golden } of members) {
      if (golden === undefined || taken.has(golden)) continue
      const into = goldens[place]
      left.set(golden, left.has(golden) && left.get(golden) !== into ? undefined : into)
    }
  return left
}

function countBy(members: readonly Member[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { golden } of members) if (golden !== undefined) counts.set(golden, (counts.get(golden) ?? 0) + 1)
  return counts
}

function newId(first: string, isFree: (id: string) => boolean): string {
  return idsFor(first).find(isFree) ?? `golden-${uuid7()}`
}

/** What a golden Patient may be called whose first member is this one: `golden-` and its id, if taken with a number behind. */
export function idsFor(first: string): string[] {
  const tails = ['', '.2', '.3', '.4', '.5', '.6', '.7', '.8']
  return tails.map((tail) => `golden-${first.slice(-(64 - 'golden-'.length - tail.length))}${tail}`)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
