import type { Library } from '../library.ts'
import { nearestTable } from './dialect/nearest.ts'
import { usualDialects } from './dialect/usual.ts'
import { extendingText } from './proposal/extending.ts'
import { leftBy } from './proposal/left.ts'
import { line, type Line } from './proposal/lines.ts'
import { ownText } from './proposal/own.ts'
import { headLines, type Proposal } from './proposal/proposal.ts'

/** One way to write a facility file for a sample. */
export interface Choice {
  /** The dialect it stands on. */
  readonly dialect?: string
  readonly lines: readonly Line[]
}

/** So many columns more a dialect must leave unread for a file of its own to be preferred. */
const MUCH = 3

/** The ways to write the file, in the order in which they are to be preferred. */
export function choicesOf(proposal: Proposal, library: Library): readonly Choice[] {
  const { sample, findings, legacy } = proposal
  const own = findings.found.all.length > 0 ? [{ lines: ownText(proposal) }] : []
  const { kind } = sample
  if (kind !== 'csv' && kind !== 'xlsx')
    return [...usualDialects(sample, library).map((name) => plainText(proposal, name)), ...own]
  const fit = nearestTable(library, findings, { kind, legacyFont: legacy.size > 0 })
  if (!fit) return own
  const near = { dialect: fit.dialect.name, lines: extendingText(proposal, fit) }
  const [alone] = own
  const leavesMuch = alone && leftBy(near.lines) >= leftBy(alone.lines) + MUCH
  return leavesMuch ? [alone, near] : [near, ...own]
}

/** A dialect as it is. */
function plainText({ facility }: Proposal, dialect: string): Choice {
  return { dialect, lines: [...headLines(facility), line(`extends: ${dialect}`)] }
}
