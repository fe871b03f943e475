import { blocksOf } from '../keys/blocks.ts'
import type { Features } from '../keys/features.ts'

/** Places of two records in a list, the smaller first. */
export type Pair = readonly [number, number]

/** Blocks of more than so many records tell nothing (a fake number that passed): they are left out of training. */
const LARGEST = 2000

/**
 * Every two records that share a block, once, in the order of the list.
 */
export function* candidatePairs(list: readonly Features[], largest = LARGEST): Generator<Pair> {
  const blocks = list.map(blocksOf)
  const members = new Map<bigint, number[]>()
  for (const [place, tokens] of blocks.entries())
    for (const token of tokens) {
      const block = members.get(token)
      if (block) block.push(place)
      else members.set(token, [place])
    }
  const seen = new Int32Array(list.length).fill(-1)
  for (let place = 0; place < list.length; place++)
    for (const token of blocks[place]!) {
      const block = members.get(token)!
      if (block.length > largest) continue
      for (const other of block) {
        if (other <= place || seen[other] === place) continue
        seen[other] = place
        yield [place, other]
      }
    }
}

/** `count` pairs of different records, spread over the list by a fixed walk: the same list gives the same pairs. */
export function* spreadPairs(size: number, count: number): Generator<Pair> {
  if (size < 2) return
  let state = 0x9e3779b9
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }
  for (let i = 0; i < count; i++) {
    const [a, b] = [next() % size, next() % size]
    if (a !== b) yield a < b ? [a, b] : [b, a]
  }
}
