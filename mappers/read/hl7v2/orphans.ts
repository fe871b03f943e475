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
      return segments
        .slice(0, first < 0 ? undefined : first)
        .filter((segment, index) => segment.name === name && !ofPatient(segment, index, segments, version))
        .map(({ line }) => issue('GROUP_ORPHAN', { line, column: name, detail: `It belongs behind ${behind[0]}.` }))
    })
}

/** Since 2.8 a patient has observations of his own, before the visit: PID … OBX … PV1; some send them in older versions. */
function ofPatient(segment: Segment, at: number, segments: readonly Segment[], version: string): boolean {
  if (segment.name !== 'OBX' || !segments.slice(0, at).some(({ name }) => name === 'PID')) return false
  const behind = segments.slice(at)
  const visit = behind.findIndex(({ name }) => name === 'PV1')
  const order = behind.findIndex(({ name }) => name === 'OBR' || name === 'ORC' || name === 'SPM')
  if (visit >= 0 && visit < order) return true
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return (major > 2 || (major === 2 && minor >= 8)) && order >= 0
}
