import type { CodeLists } from '../columns/code-lists.ts'
import type { Recognised } from '../columns/finding.ts'
import type { Sample } from '../sample/sample.ts'
import { line, quoted, type Line } from './lines.ts'

/** What a proposed file is made of, whether it binds everything itself or stands on a dialect. */
export interface Proposal {
  readonly sample: Sample
  readonly findings: Recognised
  readonly lists: CodeLists
  /** Paths of columns in a font that only looks like Hindi. */
  readonly legacy: ReadonlySet<string>
  readonly facility: Facility
}

export interface Facility {
  readonly slug: string
  /** Its id in the Health Facility Registry, where it was told. */
  readonly hfr?: string | undefined
  readonly name?: string | undefined
}

const UNKNOWN_HFR = 'IN0000000000'

/** The first lines of the file. */
export function headLines({ slug, hfr = UNKNOWN_HFR, name = titled(slug) }: Facility): Line[] {
  const note = 'the id of the facility in the Health Facility Registry, and its name'
  return [
    line(`facility: ${quoted(slug)}`),
    line(`organization: { hfr: ${quoted(hfr)}, name: ${quoted(name)} }`, hfr === UNKNOWN_HFR ? note : undefined),
  ]
}

/** `my-clinic` → `My Clinic` */
function titled(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(' ')
}
