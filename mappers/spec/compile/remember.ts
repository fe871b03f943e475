import type { Run } from './run.ts'

/** So many answers a binding; a register of doses, wards and names has fewer, and others are not worth it. */
const MOST = 1000
const LONGEST = 120
/** After so many calls it is clear whether a column repeats itself. */
const TRIED = 2000

/**
 * A function whose answer depends on nothing but the text, with its last answers at hand: columns repeat themselves (a
 * dose is one of a hundred). Answers with findings are not kept. A column that does not repeat itself is left alone.
 * What is remembered is shared by records, so it is frozen.
 */
export function remembering(call: (text: string, run: Run) => unknown): (text: string, run: Run) => unknown {
  const known = new Map<string, unknown>()
  let calls = 0
  let hits = 0
  let worth = true
  return (text, run) => {
    if (!worth || text.length > LONGEST) return call(text, run)
    const found = known.get(text)
    if (calls < TRIED && ++calls === TRIED) worth = hits > TRIED / 2
    if (found !== undefined) {
      hits++
      return found
    }
    const [issues, unmapped] = [run.issues.length, run.unmappedCodes.length]
    const value = call(text, run)
    if (value === undefined || run.issues.length > issues || run.unmappedCodes.length > unmapped) return value
    if (known.size >= MOST || !worth) known.clear()
    known.set(text, frozen(value))
    return value
  }
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}
