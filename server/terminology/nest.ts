import type { ValueSetExpansionContains } from '@medplum/fhirtypes'

interface Place {
  readonly sys: number | null
  readonly code: string
  readonly parents: readonly string[] | null
}

/** Puts every code under the first of its parents that is in the expansion too; a ring stays flat. */
export function nest(
  contains: readonly ValueSetExpansionContains[],
  places: readonly Place[],
): ValueSetExpansionContains[] {
  const at = new Map(places.map(({ sys, code }, i) => [`${sys} ${code}`, i]))
  const parent = places.map(({ sys, parents }) =>
    (parents ?? []).map((code) => at.get(`${sys} ${code}`)).find((i) => i !== undefined),
  )
  const roots: ValueSetExpansionContains[] = []
  contains.forEach((one, i) => {
    const above = inRing(i, parent) ? undefined : contains[parent[i] ?? -1]
    if (above) (above.contains ??= []).push(one)
    else roots.push(one)
  })
  return roots
}

function inRing(start: number, parent: readonly (number | undefined)[]): boolean {
  const seen = new Set<number>()
  for (let at = parent[start]; at !== undefined; at = parent[at]) {
    if (at === start) return true
    if (seen.has(at)) return false
    seen.add(at)
  }
  return false
}
