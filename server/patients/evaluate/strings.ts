/** The usual measures of likeness, for the baselines. */

export function levenshtein(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])))
    row = next
  }
  return row[b.length]!
}

/** Winkler 1990: Jaro's likeness, with a bonus for up to four equal first letters. */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1
  const alike = jaro(a, b)
  let prefix = 0
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++
  return alike + prefix * 0.1 * (1 - alike)
}

function jaro(a: string, b: string): number {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  const taken = Array.from({ length: b.length }, () => false)
  const found: string[] = []
  for (let i = 0; i < a.length; i++)
    for (let j = Math.max(0, i - reach); j < Math.min(b.length, i + reach + 1); j++)
      if (!taken[j] && a[i] === b[j]) {
        taken[j] = true
        found.push(a[i]!)
        break
      }
  if (found.length === 0) return 0
  let exchanged = 0
  let k = 0
  for (let j = 0; j < b.length; j++) if (taken[j] && found[k++] !== b[j]) exchanged++
  const n = found.length
  return (n / a.length + n / b.length + (n - exchanged / 2) / n) / 3
}
