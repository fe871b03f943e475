import { issue, type Issue } from '../../issues.ts'
import type { Message, Segment } from './message.ts'

/** Segments that make no sense before one of the others has come: of these messages, by MSH-9.1. */
const rules: readonly {
  readonly codes: readonly string[]
  readonly name: string
  readonly behind: readonly string[]
}[] = [
  { codes: ['ORU', 'ORM', 'OML', 'OMG', 'OUL', 'OMI'], name: 'OBX', behind: ['OBR', 'SPM', 'SAC', 'ORC', 'TXA'] },
  { codes: ['RDE', 'RDS', 'RAS', 'RGV', 'OMP'], name: 'RXR', behind: ['RXE', 'RXO', 'RXD', 'RXA', 'RXG', 'ORC'] },
  { codes: ['RDE', 'RDS', 'RAS', 'RGV', 'OMP'], name: 'RXC', behind: ['RXE', 'RXO', 'RXD', 'RXA', 'RXG', 'ORC'] },
  { codes: ['VXU'], name: 'RXR', behind: ['RXA', 'ORC'] },
  { codes: ['SIU'], name: 'AIS', behind: ['SCH'] },
  { codes: ['SIU'], name: 'AIG', behind: ['SCH'] },
  { codes: ['SIU'], name: 'AIL', behind: ['SCH'] },
  { codes: ['SIU'], name: 'AIP', behind: ['SCH'] },
]

/**
 * GROUP_ORPHAN for each segment that stands before what it belongs to. Results of a message that names no order at all (a
 * monitor, a device at the bedside) belong to nothing but the patient.
 */
export function orphans({ type, version }: Message, segments: readonly Segment[]): Issue[] {
  const code = type.split('^')[0] ?? ''
  const early = rules
    .filter(({ codes, name }) => codes.includes(code) && segments.some((segment) => segment.name === name))
    .flatMap(({ name, behind }) => {
      const first = segments.findIndex((segment) => behind.includes(segment.name))
      if (first < 0 && name === 'OBX') return []
      const own = name === 'OBX' ? ofPatient(segments, version) : () => false
      return segments
        .slice(0, first < 0 ? undefined : first)
        .filter((segment, index) => segment.name === name && !own(index))
        .map(({ line }) => orphan(line, name, behind[0] ?? ''))
    })
  return rules.some(({ codes, name }) => name === 'OBX' && codes.includes(code)) ? [...early, ...late(segments)] : early
}

function orphan(line: number, column: string, head: string): Issue {
  return issue('GROUP_ORPHAN', { line, column, detail: `It belongs behind ${head}.` })
}

/** Results behind a PID that follows the first orders, or behind an ORC without its OBR: nothing says what was ordered. */
function late(segments: readonly Segment[]): Issue[] {
  const found: Issue[] = []
  let [orders, isOpen, body] = [0, false, false]
  for (const { name, line } of segments) {
    if (name === 'OBX' && orders > 0 && !isOpen) found.push(orphan(line, name, 'OBR'))
    if (name === 'OBR') orders++
    if (name === 'PID' || (name === 'ORC' && body)) isOpen = false
    else if (['OBR', 'RXO', 'RXE'].includes(name)) isOpen = true
    if (name === 'OBX' || name === 'OBR' || name === 'ORC') body = name === 'OBX'
  }
  return found
}

/** Since 2.8 a patient has observations of his own, before the visit: PID … OBX … PV1; some send them in older versions. */
function ofPatient(segments: readonly Segment[], version: string): (at: number) => boolean {
  const order = segments.findIndex(({ name }) => name === 'OBR' || name === 'ORC' || name === 'SPM')
  if (order < 0) return () => false
  const patient = segments.findIndex(({ name }) => name === 'PID')
  const visit = segments.slice(0, order).findLastIndex(({ name }) => name === 'PV1')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > 2 || (major === 2 && minor >= 8)
  return (at) => patient >= 0 && patient < at && (isNew || at < visit)
}
