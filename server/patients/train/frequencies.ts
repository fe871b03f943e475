import type { Features } from '../keys/features.ts'
import type { Weights } from '../score/weights.ts'

/** How common names are among the records, by their phonetic key; those nobody shares are all called rare. */
export function frequenciesOf(list: readonly Features[]): Weights['frequencies'] {
  const [given, family] = [new Map<string, number>(), new Map<string, number>()]
  let [givens, families] = [0, 0]
  for (const { names } of list) {
    const [first] = names
    if (!first) continue
    givens++
    add(given, first.given[0]!.key)
    if (first.family.length === 0) continue
    families++
    add(family, first.family[0]!.key)
  }
  const rare = Math.max(1 / Math.max(1, list.length), 0.00005)
  return {
    given: shares(given, givens, rare),
    family: shares(family, families, rare),
    rare: Number(rare.toPrecision(3)),
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function shares(counts: ReadonlyMap<string, number>, total: number, rare: number): Record<string, number> {
  const worth = [...counts].filter(([, count]) => count / total > 3 * rare)
  const sorted = worth.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, count]) => [key, Number((count / total).toPrecision(2))]))
}
