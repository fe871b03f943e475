import type { SortKey } from '../../fhir/query/plan.ts'
import type { Row } from '../types.ts'
import { compare, type Value } from './keys.ts'

/** Where a match stands in a sorted list. */
export interface Place {
  readonly values: readonly Value[]
  readonly rid: bigint
}

export interface Placed {
  readonly row: Row
  readonly values: readonly Value[]
}

/** The first `limit` of what is added, in order, each resource once: memory stays the same however many come. */
export class First {
  readonly rows: Placed[] = []

  constructor(
    readonly sort: readonly SortKey[],
    readonly limit: number,
  ) {}

  add(one: Placed): void {
    let [low, high] = [0, this.rows.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const other = this.rows[middle]
      if (other && inOrder(this.sort, placeOf(other), placeOf(one)) < 0) low = middle + 1
      else high = middle
    }
    if (low >= this.limit || this.rows[low]?.row.rid === one.row.rid) return
    this.rows.splice(low, 0, one)
    if (this.rows.length > this.limit) this.rows.pop()
  }
}

export function comesAfter(sort: readonly SortKey[], one: Placed, place: Place): boolean {
  return inOrder(sort, placeOf(one), place) > 0
}

export function placeOf({ row, values }: Placed): Place {
  return { values, rid: row.rid }
}

/** Key by key, what has no value last in both directions, then by row key. */
function inOrder(sort: readonly SortKey[], a: Place, b: Place): number {
  for (const [i, { descending }] of sort.entries()) {
    const [one, two] = [a.values[i] ?? null, b.values[i] ?? null]
    if (one === null || two === null) {
      if (one !== two) return one === null ? 1 : -1
    } else {
      const order = compare(one, two)
      if (order !== 0) return descending ? -order : order
    }
  }
  return a.rid < b.rid ? -1 : a.rid > b.rid ? 1 : 0
}
