/** Shares with their 95 % intervals (Wilson 1927, good for shares near 1 and for few cases). */
export interface Share {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly of: number
}

export function share(count: number, of: number): Share {
  if (of === 0) return { value: 1, low: 0, high: 1, of }
  const z = 1.96
  const p = count / of
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of)
  const reach = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of))
  return { value: round(p), low: round(Math.max(0, middle - reach)), high: round(Math.min(1, middle + reach)), of }
}

export interface Quality {
  readonly precision: Share
  readonly recall: Share
  readonly f1: number
}

export function quality(right: number, made: number, truth: number): Quality {
  const [precision, recall] = [share(right, made), share(right, truth)]
  const sum = precision.value + recall.value
  return { precision, recall, f1: sum === 0 ? 0 : round((2 * precision.value * recall.value) / sum) }
}

/** Pairs within groups of these sizes. */
export function pairsIn(sizes: Iterable<number>): number {
  let pairs = 0
  for (const n of sizes) pairs += (n * (n - 1)) / 2
  return pairs
}

export function countBy<T, K>(list: Iterable<T>, key: (one: T) => K): Map<K, number> {
  const counts = new Map<K, number>()
  for (const one of list) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1)
  return counts
}

function round(value: number): number {
  return Math.round(value * 100_000) / 100_000
}
