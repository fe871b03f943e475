import { nearest } from '../../server/fhir/query/suggest.ts'
import { SpecFault } from '../read/source.ts'
import type { Path, Place } from './tree.ts'

/** What is wrong in a facility file, where, and (in the message) the nearest right word. */
export interface Fault extends Place {
  /** `bind.patient.name.as` */
  readonly path: string
  readonly message: string
}

/** All faults of a facility's file and of those it extends, in the order of their lines. */
export class SpecFaults extends SpecFault {
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    const sorted = unique(faults).toSorted((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
    super(sorted.map(printFault).join('\n'), sorted[0]?.path)
    this.faults = sorted
  }
}

export function printFault({ file, line, path, message }: Fault): string {
  return `${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`
}

export function fault(at: Place, path: Path, message: string): Fault {
  return { file: at.file, line: at.line, path: path.join('.'), message }
}

/** `There is no field "nmae". Did you mean "name"?` */
export function unknown(what: string, word: string, known: Iterable<string>): string {
  const words = [...known]
  const near = nearest(word, words)
  const few = words.length <= 12 ? ` One of: ${words.join(', ')}.` : ''
  return `There is no ${what} "${word}".${near === undefined ? few : ` Did you mean "${near}"?`}`
}

function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((one) => [printFault(one), one])).values()]
}
