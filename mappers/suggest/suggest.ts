import type { Library } from '../library.ts'
import { attempt, type Attempt, type Tried } from './attempt.ts'
import { choicesOf } from './choices.ts'
import { findingsOf } from './columns/findings.ts'
import { readable } from './columns/legacy.ts'
import { isResults } from './columns/lists.ts'
import { profileOf, shareOf } from './columns/profile.ts'
import { printed } from './proposal/lines.ts'
import type { Facility, Proposal } from './proposal/proposal.ts'
import { lookAt } from './sample/look.ts'
import { NoSample, type Sample } from './sample/sample.ts'

export { NoSample } from './sample/sample.ts'

/** A facility file that was written for a sample, and how well it did with it. */
export interface Suggestion {
  readonly slug: string
  readonly text: string
  readonly kind: Sample['kind']
  /** The dialect it stands on. */
  readonly dialect?: string
  /** The sample mapped with it. */
  readonly tried: Tried
}

export interface Wishes extends Facility {
  readonly receivedAt: Date
}

/**
 * Looks at a sample and writes a facility file for it: a few lines over the nearest dialect where one fits, else all
 * bindings. What is written compiles. Throws NoSample where there is nothing to write for.
 *
 *     bytes → sample/ → columns/ (what each column means) → dialect/ (which comes nearest) → proposal/ → attempt.ts
 */
export async function suggest(library: Library, bytes: Uint8Array, wishes: Wishes): Promise<Suggestion> {
  const sample = await lookAt(bytes)
  if (isHeadless(sample)) throw new NoSample(HEADLESS)
  const best = await bestOf(proposalOf(library, sample, wishes), library, wishes)
  if (!best) throw new NoSample(UNLIKE)
  const { choice, tried } = best
  const { dialect } = choice
  return {
    slug: wishes.slug,
    text: printed(choice.lines),
    kind: sample.kind,
    tried,
    ...(dialect !== undefined && { dialect }),
  }
}

const HEADLESS = 'The first row holds a record, not the names of the columns: send the file with a row of names above.'
const UNLIKE = 'Nothing in the file looks like what hospitals send: no column names a patient or a visit.'

/** A telephone number or a day heads no column. */
function isHeadless({ kind, columns }: Sample): boolean {
  if (kind !== 'csv' && kind !== 'xlsx') return false
  const headers = profileOf(columns.map(({ header }) => header))
  const one = 0.9 / Math.max(1, columns.length)
  return shareOf(headers, 'mobile') > one || shareOf(headers, 'date') > one || shareOf(headers, 'datetime') > one
}

function proposalOf(library: Library, sample: Sample, facility: Facility): Proposal {
  const { lists } = library.effectiveOf('new', 'facility: new\n')
  const { columns, legacy } = readable(sample.columns)
  const findings = findingsOf(columns, lists, { results: sample.lists.some(isResults) })
  return { sample, findings, lists, legacy, facility }
}

/** A later choice must read so much more of the sample to be taken instead. */
const GAIN = 0.05

/** From here on nothing better is looked for. */
const ENOUGH = 0.9

async function bestOf(
  proposal: Proposal,
  library: Library,
  { slug, receivedAt }: Wishes,
): Promise<Attempt | undefined> {
  const { bytes } = proposal.sample
  let best: Attempt | undefined
  for (const choice of choicesOf(proposal, library)) {
    const made = await attempt(choice, { library, slug, receivedAt, bytes })
    if (made && (!best || shareMapped(made) > shareMapped(best) + GAIN)) best = made
    if (best && shareMapped(best) > ENOUGH) break
  }
  return best
}

function shareMapped({ tried: { mapped, records } }: Attempt): number {
  return records === 0 ? 0 : mapped / records
}
