import { resourceTypes } from '../types.ts'

/** Part of a person's record: resources of these types, of these days, with none of these labels. Null: all. */
export interface Piece {
  readonly types: readonly number[] | null
  /** Days since 1970, inclusive. With either bound, what has no day is not part of it. */
  readonly from: number | null
  readonly to: number | null
  /** Labels that are no part of it. */
  readonly withheld: number
}

/** What is taken from a piece: `labels` 0 is all of these types and days, else what has one of these labels. */
export interface Denial extends Omit<Piece, 'withheld'> {
  readonly labels: number
}

/** What is left of a piece. Where a denial has days, what has none is denied with it. */
export function subtract(piece: Piece, denial: Denial): Piece[] {
  const hit = common(piece.types, denial.types)
  const from = later(piece.from, denial.from)
  const to = earlier(piece.to, denial.to)
  if (hit.length === 0 || (from !== null && to !== null && from > to)) return [piece]
  const untouched = rest(piece.types, denial.types)
  const before = denial.from === null ? null : { ...piece, types: hit, to: earlier(piece.to, denial.from - 1) }
  const after = denial.to === null ? null : { ...piece, types: hit, from: later(piece.from, denial.to + 1) }
  const spared = denial.labels === 0 ? null : { types: hit, from, to, withheld: piece.withheld | denial.labels }
  const whole = { ...piece, types: untouched }
  return [
    ...(untouched.length > 0 ? [whole] : []),
    ...[before, after, spared].filter((one) => one !== null).filter(isSome),
  ]
}

function isSome({ from, to }: Piece): boolean {
  return from === null || to === null || from <= to
}

function common(one: readonly number[] | null, other: readonly number[] | null): readonly number[] {
  if (one === null) return other ?? EVERY
  return other === null ? one : one.filter((type) => other.includes(type))
}

function rest(one: readonly number[] | null, taken: readonly number[] | null): readonly number[] {
  return taken === null ? [] : (one ?? EVERY).filter((type) => !taken.includes(type))
}

const EVERY: readonly number[] = resourceTypes.map((_, number) => number)

export function later(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.max(one, other)
}

export function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
