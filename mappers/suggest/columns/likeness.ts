/** How near a header is to what the lexicon calls a field, 0 … 1: how much of both sides is met, whatever the order. */
export function likeness(a: readonly string[], b: readonly string[]): number {
  const total = weigh(a) + weigh(b)
  if (total === 0) return 0
  const rest = [...b]
  let met = 0
  for (const word of a) {
    const { index, share } = nearest(word, rest)
    if (share === 0) continue
    met += share * (weight(word) + weight(rest[index]!))
    rest.splice(index, 1)
  }
  return met / total
}

function nearest(word: string, among: readonly string[]): { index: number; share: number } {
  let best = { index: -1, share: 0 }
  among.forEach((other, index) => {
    const share = word === other ? 1 : isSlip(word, other) ? 0.8 : 0
    if (share > best.share) best = { index, share }
  })
  return best
}

/** Words that say nothing by themselves, and words that say little. */
const empty = new Set(['of', 'the', 'का', 'की', 'के', 'ka', 'ki', 'ke', 'in', 'at', 'on', 'for', 'patient'])
const light = new Set(['no', 'id', 'code'])

function weigh(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + weight(word), 0)
}

function weight(word: string): number {
  return empty.has(word) ? 0.25 : light.has(word) ? 0.6 : 1
}

/** One letter added, left out, changed or swapped in a word long enough to be recognised all the same. */
function isSlip(a: string, b: string): boolean {
  if (Math.min(a.length, b.length) < 5 || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let [i, j] = [a.length, b.length]
  while (i > start && j > start && a[i - 1] === b[j - 1]) [i, j] = [i - 1, j - 1]
  const [left, right] = [a.slice(start, i), b.slice(start, j)]
  if (left.length <= 1 && right.length <= 1) return true
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0]
}
