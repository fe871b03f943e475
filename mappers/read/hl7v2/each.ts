import { SpecFault, type Each, type Within } from '../source.ts'
import { Inside, depthOf, insideOf, isRemark, outward, remarks, segmentName, select, type Item } from './item.ts'
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
      const items = (item: Item) => {
        const { segments } = outward(item, depth)
        let start = -1
        return select(segments, wanted).map((segment) => {
          start = segments.indexOf(segment, start + 1)
          return itemOf(item, withRemarks(segments, start))
        })
      }
      return { within: new Inside(new Set([wanted.name, ...remarks]), inside), items }
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
  return { ...outer, segments, outer }
}

/** A segment and what is remarked on it; a remark stands by itself. */
function withRemarks(segments: readonly Segment[], start: number): readonly Segment[] {
  let end = start + 1
  if (isRemark(segments[start]?.name ?? '')) return segments.slice(start, end)
  while (end < segments.length && isRemark(segments[end]?.name ?? '')) end++
  return segments.slice(start, end)
}

/**
 * A head begins a group; further heads (ORC, OBR) may join it: `ORC OBR OBX OBR OBX` is two, `ORC PRT OBR` and
 * `OBR ORC OBX` are one each. Segments of no interest part nothing.
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
      if (open && joins(open, segment.name, head, body)) open.push(segment)
      else {
        groups.push((open = [segment]))
        body = false
      }
    } else if (open && take.includes(segment.name)) {
      open.push(segment)
      if (!isRemark(segment.name)) body = true
    } else if (until.includes(segment.name)) open = undefined
  }
  return groups
}

/** One that stands later among the heads joins a group that has none of it yet; an earlier one only while there is no body. */
function joins(open: readonly Segment[], name: string, head: readonly string[], body: boolean): boolean {
  if (open.some((segment) => segment.name === name)) return false
  return !body || head.indexOf(name) > head.indexOf(open[0]?.name ?? '')
}
