import type { Message, Segment } from './message.ts'

/** What a message tells of one patient and one visit of theirs. */
export interface MessagePart {
  readonly segments: readonly Segment[]
  /** '' of the first, then 2, 3 …: with MSH-10 it names the record. */
  readonly part: string
}

/** A message of several patients or visits is a record of each. */
export function partsOf(message: Message): readonly MessagePart[] {
  return patients(message)
    .flatMap(visits)
    .map((segments, index) => ({ segments, part: index === 0 ? '' : String(index + 1) }))
}

/**
 * A message may tell of several patients (ORU, BAR, A40): each PID begins one, and what stands before the first belongs to
 * all; of a schedule (SIU) what stands behind the last too.
 */
function patients({ segments, type }: Message): readonly (readonly Segment[])[] {
  const starts = segments.flatMap(({ name }, index) => (name === 'PID' ? [index] : []))
  if (starts.length < 2) return [segments]
  const tail = type.startsWith('SIU') ? segments.findIndex(({ name }) => name === 'RGS') : -1
  const end = tail > (starts.at(-1) ?? 0) ? tail : segments.length
  return starts.map((start, index) => [
    ...segments.slice(0, starts[0]),
    ...segments.slice(start, starts[index + 1] ?? end),
    ...segments.slice(end),
  ])
}

/** Who the message is about; what else stands before the first visit is told with that one. */
const WHO: ReadonlySet<string> = new Set(['MSH', 'SFT', 'EVN', 'PID', 'PD1', 'NK1'])

/**
 * Of one patient: each further PV1 that says something else begins a visit (BAR^P01, A45, a visit whose results are sent
 * again with an order), with the MRG before it.
 */
function visits(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const said = new Set<string>()
  const starts = segments.flatMap(({ name, encoded }, index) => {
    if (name !== 'PV1' || said.has(encoded)) return []
    said.add(encoded)
    return [segments[index - 1]?.name === 'MRG' ? index - 1 : index]
  })
  if (starts.length < 2 || !segments.some(({ name }) => name === 'PID')) return [segments]
  const who = segments.slice(0, starts[0]).filter(({ name }) => WHO.has(name))
  const [, second] = starts
  return [
    segments.slice(0, second),
    ...starts.slice(1).map((start, index) => [...who, ...segments.slice(start, starts[index + 2])]),
  ]
}
