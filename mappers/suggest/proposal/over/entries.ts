import { indented, line, under, type Line } from '../lines.ts'

/** Something said under `bind:`, by its place. */
export interface Entry {
  readonly at: readonly string[]
  /** What stands behind the colon, or the lines below it. */
  readonly value: string | readonly string[]
  readonly note: string
}

/** Whether a place is another, or stands in it. */
export function isWithin(at: readonly string[], group: readonly string[]): boolean {
  return group.every((key, depth) => at[depth] === key)
}

/** Entries of one group stand together where one of them has lines of its own; else each has its dotted name. */
export function entryLines(entries: readonly Entry[]): Line[] {
  const long = new Set(entries.filter(({ value }) => typeof value !== 'string').map(({ at }) => at[0]))
  const short = entries.filter(({ at }) => !long.has(at[0]))
  return [
    ...short.map(({ at, value, note }) => line(`${at.join('.')}: ${String(value)}`, note)),
    ...[...long].flatMap((key = '') => {
      const inside = entries.filter(({ at }) => at[0] === key)
      return under(key, nested(inside, 1))
    }),
  ]
}

/** Entries that are alike down to a depth, each key of the next one once. */
function nested(entries: readonly Entry[], depth: number): Line[] {
  const own = entries.filter(({ at }) => at.length === depth)
  const keys = new Set(entries.flatMap(({ at }) => at[depth] ?? []))
  return [
    ...own.flatMap(({ value }) => (typeof value === 'string' ? [] : value.map((text) => line(text)))),
    ...[...keys].flatMap((key): Line[] => {
      const inside = entries.filter(({ at }) => at[depth] === key)
      const [first] = inside
      if (inside.length === 1 && first?.at.length === depth + 1 && typeof first.value === 'string')
        return [line(`${key}: ${first.value}`, first.note)]
      return [line(`${key}:`, first?.note), ...indented(nested(inside, depth + 1))]
    }),
  ]
}
