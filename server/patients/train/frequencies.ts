import type { Features } from '../keys/features.ts'
import type { Weights } from '../score/weights.ts'

/** How common names are among the records, by their phonetic key, and how much those of a community go together. */
export function frequenciesOf(list: readonly Features[]): Weights['frequencies'] {
  const full = list.flatMap(({ names: [name] }) => (name ? [[name.given[0]!.key, name.family[0]?.key] as const] : []))
  const given = countsOf(full.map(([first]) => first))
  const family = countsOf(full.flatMap(([, last]) => (last === undefined ? [] : [last])))
  const rare = Math.max(1 / Math.max(1, list.length), 0.00005)
  const both = full.flatMap(([first, last]) => (last === undefined ? [] : [[first, last] as const]))
  const lifts = [...liftsOf(both), ...liftsOf(both.map(([first, last]) => [last, first] as const))]
  return {
    given: shares(given, full.length, rare),
    family: shares(family, both.length, rare),
    lift: Object.fromEntries(lifts.sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))),
    rare: Number(rare.toPrecision(3)),
  }
}

/** A name must have so many bearers before its company is counted. */
const BEARERS = 150
/** Records of one person, counted as if they were several people's, at most. */
const REPEATED = 2.5

/**
 * How many times likelier two bearers of a name agree in their other name than two people at random that are like them:
 * one bearer of Gill is called Gurpreet as the next, as few outside are. Repeated registrations of a person are allowed for.
 */
function liftsOf(names: readonly (readonly [own: string, beside: string])[]): [string, number][] {
  const all = countsOf(names.map(([, beside]) => beside))
  const companies = new Map<string, string[]>()
  for (const [own, beside] of names) {
    const company = companies.get(own)
    if (company) company.push(beside)
    else companies.set(own, [beside])
  }
  const lifts: [string, number][] = []
  for (const [own, company] of companies) {
    const n = company.length
    if (n < BEARERS) continue
    let [within, outside] = [0, 0]
    for (const [beside, count] of countsOf(company)) {
      within += (count / n) * ((count - 1) / (n - 1))
      outside += (count / n) * ((all.get(beside) ?? 0) / names.length)
    }
    const lift = (within - REPEATED / n) / outside
    if (lift > 1.5) lifts.push([own, Number(lift.toPrecision(2))])
  }
  return lifts
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

function shares(counts: ReadonlyMap<string, number>, total: number, rare: number): Record<string, number> {
  const worth = [...counts].filter(([, count]) => count / total > 3 * rare)
  const sorted = worth.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
  return Object.fromEntries(sorted.map(([key, count]) => [key, Number((count / total).toPrecision(2))]))
}
