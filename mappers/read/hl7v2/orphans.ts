import { issue, type Issue } from '../../issues.ts'
import type { Message, Segment } from './message.ts'

/** Segments that make no sense before one of the others has come: of these messages, by MSH-9.1. */
const rules: readonly {
  readonly codes: readonly string[]
  readonly name: string
  readonly behind: readonly string[]
}[] = [
  { codes: ['ORU', 'ORM', 'OML', 'OMG', 'OUL', 'OMI'], name: 'OBX', behind: ['OBR', 'SPM', 'SAC', 'ORC', 'TXA'] },
  { codes: ['RDE', 'RDS', 'RAS', 'RGV', 'OMP'], name: 'RXR', behind: ['RXO', 'RXE', 'RXD', 'RXA', 'RXG'] },
  { codes: ['RDE', 'RDS', 'RAS', 'RGV', 'OMP'], name: 'RXC', behind: ['RXO', 'RXE', 'RXD', 'RXA', 'RXG'] },
  { codes: ['VXU'], name: 'RXR', behind: ['RXA'] },
  { codes: ['SIU'], name: 'AIS', behind: ['SCH'] },
  { codes: ['SIU'], name: 'AIG', behind: ['SCH'] },
  { codes: ['SIU'], name: 'AIL', behind: ['SCH'] },
  { codes: ['SIU'], name: 'AIP', behind: ['SCH'] },
]

/** GROUP_ORPHAN for each segment that stands before what it belongs to. */
export function orphans({ type, version }: Message, segments: readonly Segment[]): Issue[] {
  const code = type.split('^')[0] ?? ''
  return rules
    .filter(({ codes, name }) => codes.includes(code) && segments.some((segment) => segment.name === name))
    .flatMap(({ name, behind }) => {
      const first = segments.findIndex((segment) => behind.includes(segment.name))
      const own = name === 'OBX' ? ofPatient(segments, version) : () => false
      return segments
        .slice(0, first < 0 ? undefined : first)
        .filter((segment, index) => segment.name === name && !own(index))
        .map(({ line }) => issue('GROUP_ORPHAN', { line, column: name, detail: `It belongs behind ${behind[0]}.` }))
    })
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
