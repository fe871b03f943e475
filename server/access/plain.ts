import type { Plainly } from '../store/noted.ts'
import type { Glimpse } from '../store/sight.ts'
import { NO_LABELS } from '../fhir/privacy/labels.ts'
import { tierBit } from './tiers.ts'

/**
 * By what of a sight the statement that reads a resource of this type may decide and note it (store/noted.ts); undefined where
 * it cannot. Only what comes before anything less plain, for the first glimpse that shows a row is the one that is noted.
 * `inCare`: the sight of somebody in care.
 */
export function plainlyOf(
  near: readonly Glimpse[],
  inCare: readonly Glimpse[],
  type: number,
  facility: bigint | undefined,
): Plainly | undefined {
  let byType = known.get(near)
  if (!byType) known.set(near, (byType = new Map()))
  let plainly = byType.get(type)
  if (plainly === undefined) byType.set(type, (plainly = find(near, inCare, type, facility ?? 0n) ?? NOT))
  return plainly === NOT ? undefined : plainly
}

const NOT: Plainly = { facility: 0n, own: null, care: null }

/** A near sight is the same for all that a caller asks. */
const known = new WeakMap<readonly Glimpse[], Map<number, Plainly>>()

function find(
  near: readonly Glimpse[],
  cared: readonly Glimpse[],
  type: number,
  facility: bigint,
): Plainly | undefined {
  // what is in nobody's compartment is none of what is decided here
  const about = near.filter((glimpse) => isAbout(glimpse, type) && !isBare(glimpse))
  const [first, ...others] = about
  const own = first && isOwn(first, facility) ? tierBit(first.tier) : null
  const isLast = others.length === 0 && (own !== null || !first)
  const care = isLast && cared.some((one) => one.tier === 'care' && isAbout(one, type) && !one.where)
  if (facility === 0n || (own === null && !care)) return undefined
  return { facility, own, care: care ? tierBit('care') : null }
}

function isAbout({ types }: Glimpse, type: number): boolean {
  return types === undefined || types.includes(type)
}

function isBare({ patients }: Glimpse): boolean {
  return patients?.length === 1 && patients[0] === 0n
}

function isOwn({ patients, facility, withheld, days, where }: Glimpse, asker: bigint): boolean {
  const all = patients === undefined && withheld === NO_LABELS && days === undefined && where === undefined
  return all && facility === asker
}
