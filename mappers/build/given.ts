import { CLEAR, type Clear } from '../canonical.ts'

/** What is told: an explicit clear tells nothing that could be written. */
export function told<T>(value: T | Clear | undefined): Exclude<T, Clear> | undefined {
  return value === CLEAR || value === undefined ? undefined : (value as Exclude<T, Clear>)
}

const NONE: readonly never[] = []

export function all<T>(value: readonly (T | Clear)[] | Clear | undefined): readonly T[] {
  if (value === CLEAR || value === undefined) return NONE
  return isCleared(value) ? value.filter((one): one is T => one !== CLEAR) : (value as readonly T[])
}

/** What is made of each of them, as far as something is. */
export function each<T, U>(given: readonly T[], make: (one: T) => U | undefined): U[] {
  const found: U[] = []
  for (const one of given) {
    const made = make(one)
    if (made !== undefined) found.push(made)
  }
  return found
}

/** Those that are there. */
export function defined<T>(given: readonly (T | undefined)[]): T[] {
  const found: T[] = []
  for (const one of given) if (one !== undefined) found.push(one)
  return found
}

/** Whether what was known before is taken away; of a list also where it is told anew. */
export function isCleared(value: unknown): boolean {
  return value === CLEAR || (Array.isArray(value) && value[0] === CLEAR)
}

/** The first of those that are one by their key. */
export function unique<T>(all: T[], keyOf: (one: T) => string): T[] {
  if (all.length < 2) return all
  const found = new Map<string, T>()
  for (const one of all) {
    const key = keyOf(one)
    if (!found.has(key)) found.set(key, one)
  }
  return [...found.values()]
}
