/**
 * Who is one person, from pairs: a pure function of the records, their links and the rules; never of the order of arrival.
 *
 * The rule, exactly:
 *
 * 1. Links that people or senders made (`explicit`: a clerk's, an A40 merge, Patient.link) join first, in the order of their
 *    ids, whatever guards say. A link is left out if it would put two records that must not meet (`never`) into one cluster.
 * 2. Then the automatic links, by falling weight, of equal weights by ids. Each joins the clusters of its two ends, if every
 *    member of the one is compatible with every member of the other (`compatible`, and no `never` between them).
 * 3. What is not joined stays apart, each record a cluster of its own at least.
 *
 * Joins happen along links only. So records that no chain of links connects never influence each other, and whoever changes
 * one record clusters anew only the component it belongs to (before and after the change): the result is the same as
 * clustering everything anew.
 */
export interface Link {
  readonly a: string
  readonly b: string
}

export interface WeighedLink extends Link {
  readonly weight: number
}

export interface ClusterRules {
  readonly explicit?: readonly Link[]
  readonly never?: readonly Link[]
  /** Symmetric. */
  compatible(a: string, b: string): boolean
}

/** Clusters of all `ids`: the members of each in the order of ids, clusters by their first member. Links of other ids are left out. */
export function cluster(ids: readonly string[], links: readonly WeighedLink[], rules: ClusterRules): string[][] {
  const clusters = new Map(ids.map((id): [string, Set<string>] => [id, new Set([id])]))
  const never = new Set((rules.never ?? []).flatMap(({ a, b }) => [pairKey(a, b)]))
  const join = (link: Link, allowed: (a: string, b: string) => boolean) => {
    const [one, other] = [clusters.get(link.a), clusters.get(link.b)]
    if (!one || !other || one === other) return
    for (const a of one) for (const b of other) if (never.has(pairKey(a, b)) || !allowed(a, b)) return
    const [small, large] = one.size < other.size ? [one, other] : [other, one]
    for (const id of small) clusters.set(id, large.add(id))
  }
  for (const link of sorted(rules.explicit ?? [])) join(link, () => true)
  for (const link of sorted(links)) join(link, (a, b) => rules.compatible(a, b))
  const made = [...new Set(clusters.values())].map((members) => [...members].sort(compareIds))
  return made.sort(([a], [b]) => compareIds(a!, b!))
}

/** The records that chains of links connect with one: what must be clustered anew when it changes. */
export function componentOf(id: string, linksOf: (id: string) => Iterable<string>): string[] {
  const found = new Set([id])
  for (const one of found) for (const other of linksOf(one)) found.add(other)
  return [...found].sort(compareIds)
}

function sorted<T extends Link & { readonly weight?: number }>(links: readonly T[]): T[] {
  const ordered = links.map((link) => (compareIds(link.a, link.b) <= 0 ? link : { ...link, a: link.b, b: link.a }))
  return ordered.sort((x, y) => (y.weight ?? 0) - (x.weight ?? 0) || compareIds(x.a, y.a) || compareIds(x.b, y.b))
}

/** By code units, on every machine alike. */
function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function pairKey(a: string, b: string): string {
  return a < b ? `${a}\u0000${b}` : `${b}\u0000${a}`
}
