import { SpecFault, type Within } from '../source.ts'
import type { Message, Segment } from './message.ts'

/** What paths are asked on: the segments of one patient of a message, or of a group in them. */
export interface Item {
  readonly message: Message
  readonly segments: readonly Segment[]
  /** What it was taken from; absent: it is the record. */
  readonly outer?: Item
  /** '' of a message's first part, then 2, 3 …: with MSH-10 it names the record. */
  readonly part: string
  /** Physical line where the message begins. */
  readonly line: number
}

/** Inside a group: the names of its segments, which are looked for in it and nowhere else. */
export class Inside implements Within {
  constructor(
    readonly names: ReadonlySet<string>,
    readonly outer: Inside | undefined,
  ) {}
}

export function insideOf(within: Within | undefined): Inside | undefined {
  return within instanceof Inside ? within : undefined
}

/** How many items out a segment is to be looked for: where a group says it is its own, else in the record. */
export function depthOf(name: string, inside: Inside | undefined): number {
  let depth = 0
  for (let level = inside; level; level = level.outer, depth++) if (level.names.has(name)) return depth
  return depth
}

export function outward(item: Item, depth: number): Item {
  let found = item
  for (let left = depth; left > 0 && found.outer; left--) found = found.outer
  return found
}

/** A segment as a path or an `each` names it: `OBX`, or `OBR/NTE`, `PID|PV1/OBX`: those that stand behind such a one; `!OBR/OBX`: those with no OBR anywhere before them. */
export interface SegmentName {
  readonly name: string
  readonly behind?: readonly string[]
  readonly before?: string
}

export function segmentName(text: string): SegmentName {
  const early = /^!([A-Z][A-Z0-9]{2})\/([A-Z][A-Z0-9]{2})$/.exec(text)
  if (early) return { name: early[2] ?? '', before: early[1] ?? '' }
  const parts = /^(?:([A-Z][A-Z0-9]{2}(?:\|[A-Z][A-Z0-9]{2})*)\/)?([A-Z][A-Z0-9]{2})$/.exec(text)
  if (!parts) throw new SpecFault(`${text} is not the name of a segment: three capitals, such as OBX, or OBR/NTE.`)
  const [, behind, name = ''] = parts
  return behind ? { name, behind: behind.split('|') } : { name }
}

/** They say something about the segment before them, and part no groups. */
export const remarks: ReadonlySet<string> = new Set([
  'NTE',
  'PRT',
  'ROL',
  'ARV',
  'VAR',
  'TQ1',
  'TQ2',
  'CTD',
  'TCD',
  'SFT',
  'UAC',
])

export function isRemark(name: string): boolean {
  return remarks.has(name)
}

export function select(segments: readonly Segment[], { name, behind, before }: SegmentName): readonly Segment[] {
  if (before !== undefined) {
    const end = segments.findIndex((segment) => segment.name === before)
    return segments.slice(0, end < 0 ? undefined : end).filter((segment) => segment.name === name)
  }
  if (behind === undefined) return segments.filter((segment) => segment.name === name)
  let parent = ''
  return segments.filter((segment) => {
    if (segment.name === name && behind.includes(parent)) return true
    if (behind.includes(segment.name) || !remarks.has(segment.name)) parent = segment.name
    return false
  })
}

export function first(segments: readonly Segment[], wanted: SegmentName): Segment | undefined {
  if (wanted.behind !== undefined) return select(segments, wanted)[0]
  return segments.length > LONG ? firsts(segments).get(wanted.name) : segments.find(({ name }) => name === wanted.name)
}

/** Each of many items asks what is around it: of a long message the first segment of each name is remembered. */
const LONG = 64
const known = new WeakMap<readonly Segment[], ReadonlyMap<string, Segment>>()

function firsts(segments: readonly Segment[]): ReadonlyMap<string, Segment> {
  const before = known.get(segments)
  if (before) return before
  const found = new Map(segments.toReversed().map((segment) => [segment.name, segment]))
  known.set(segments, found)
  return found
}
