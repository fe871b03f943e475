import type { Segment } from './message.ts'

/**
 * Messages about specimens (OUL^R22, OUL^R23, OML^O33, OML^O35) name the specimen first and behind it the orders made of
 * it; all others name it behind its order (7.3.7, 4.4.8). So that it is found in one place, each order gets its specimen
 * behind it, and the first one what was observed of the specimen itself.
 */
export function specimensBehind(segments: readonly Segment[]): readonly Segment[] {
  const first = segments.findIndex(({ name }) => name === 'SPM')
  if (first < 0) return segments
  const order = segments.findIndex(({ name }) => isOrder(name))
  if (order < first) return segments
  const out: Segment[] = segments.slice(0, first)
  for (const section of partsAt(segments.slice(first), ({ name }) => name === 'SPM')) out.push(...turned(section))
  return out
}

/** SPM, what is said of it, and its orders → its orders, each with the SPM. */
function turned(section: readonly Segment[]): readonly Segment[] {
  const at = section.findIndex(({ name }) => isOrder(name))
  if (at < 0) return section
  const [specimen, about] = [section.slice(0, 1), section.slice(1, at)]
  return ordersOf(section.slice(at)).flatMap((order, index) => [...order, ...specimen, ...(index === 0 ? about : [])])
}

/** An ORC and its OBR are one order, whichever comes first. */
function ordersOf(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  let seen = new Set<string>()
  let body = false
  return partsAt(segments, ({ name }) => {
    if (name === 'OBX') body = true
    if (!isOrder(name)) return false
    const begins = body || seen.has(name)
    if (begins) {
      seen = new Set()
      body = false
    }
    seen.add(name)
    return begins
  })
}

function isOrder(name: string): boolean {
  return name === 'OBR' || name === 'ORC'
}

/** A part begins at each segment that `begins` says so of. */
function partsAt(segments: readonly Segment[], begins: (segment: Segment) => boolean): readonly (readonly Segment[])[] {
  const parts: Segment[][] = []
  for (const segment of segments) {
    const last = parts.at(-1)
    if (begins(segment) || !last) parts.push([segment])
    else last.push(segment)
  }
  return parts
}
