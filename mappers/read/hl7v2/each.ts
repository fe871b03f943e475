import { SpecFault, type Each, type Within } from '../source.ts'
import { Inside, depthOf, insideOf, isRemark, outward, segmentName, select, type Item } from './item.ts'
import type { Segment } from './message.ts'

/** Compiles `each: { segment: OBX }` and `each: { group: … }`. */
export function compileEach(
  each: Each,
  within: Within | undefined,
): { readonly within: Within; readonly items: (item: Item) => readonly Item[] } {
  const inside = insideOf(within)
  switch (each.kind) {
    case 'segment': {
      const wanted = segmentName(each.segment)
      const depth = depthOf(wanted.name, inside)
      const items = (item: Item) =>
        select(outward(item, depth).segments, wanted).map((segment) => itemOf(item, [segment]))
      return { within: new Inside(new Set([wanted.name]), inside), items }
    }
    case 'group': {
      for (const name of [...each.head, ...each.take, ...each.until]) segmentName(name)
      if (each.head.length === 0) throw new SpecFault('A group needs a head: the segment it begins with.')
      const names = new Set([...each.head, ...each.take])
      const depth = depthOf(each.head[0] ?? '', inside)
      const items = (item: Item) => groupsOf(outward(item, depth).segments, each).map((part) => itemOf(item, part))
      return { within: new Inside(names, inside), items }
    }
    case 'path':
      throw new SpecFault('HL7 v2 repeats by segment or group: each: { segment: OBX }.')
  }
}

function itemOf(outer: Item, segments: readonly Segment[]): Item {
  return { message: outer.message, segments, outer, part: outer.part }
}

/**
 * A head begins a group. Further heads (ORC, OBR) join it while it holds none of that name and nothing but heads and
 * remarks, so that `ORC OBR OBX OBR OBX` is two and `ORC PRT OBR` is one. Segments of no interest part nothing.
 */
function groupsOf(
  segments: readonly Segment[],
  { head, take, until }: { head: readonly string[]; take: readonly string[]; until: readonly string[] },
): Segment[][] {
  const groups: Segment[][] = []
  let open: Segment[] | undefined
  let body = false
  for (const segment of segments) {
    if (head.includes(segment.name)) {
      if (open && !body && !open.some(({ name }) => name === segment.name)) open.push(segment)
      else groups.push((open = [segment]))
      body = false
    } else if (open && take.includes(segment.name)) {
      open.push(segment)
      if (!isRemark(segment.name)) body = true
    } else if (until.includes(segment.name)) open = undefined
  }
  return groups
}
