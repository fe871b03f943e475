import { subtract, type Piece } from '../fhir/privacy/piece.ts'
import type { Opened, Opening } from '../store/openings.ts'
import type { Reason } from './glimpses.ts'

/** What openings give a reason to see: people opened in the same way share one. */
export function reasonsOf(people: readonly Opened[]): Reason[] {
  const groups = new Map<
    string,
    { readonly piece: Piece; readonly tier: Reason['tier']; readonly patients: Set<bigint> }
  >()
  for (const { members, openings } of people) {
    const denials = openings.filter(({ tier }) => tier === 'deny')
    for (const opening of openings) {
      const { tier } = opening
      if (tier === 'deny') continue
      for (const piece of tier === 'consent' ? leftOf(opening, denials) : [opening]) {
        const key = `${tier} ${piece.withheld} ${piece.from} ${piece.to} ${piece.types?.join() ?? '*'}`
        let group = groups.get(key)
        if (!group) groups.set(key, (group = { piece, tier, patients: new Set() }))
        for (const member of members) group.patients.add(member)
      }
    }
  }
  return [...groups.values()].map(({ piece, tier, patients }) => reasonOf(tier, piece, [...patients]))
}

/** What one Consent permits and no other denies. */
function leftOf(opening: Opening, denials: readonly Opening[]): readonly Piece[] {
  return denials.reduce<readonly Piece[]>(
    (pieces, { withheld: labels, ...denial }) => pieces.flatMap((piece) => subtract(piece, { ...denial, labels })),
    [opening],
  )
}

function reasonOf(tier: Reason['tier'], { types, from, to, withheld }: Piece, patients: readonly bigint[]): Reason {
  return {
    tier,
    patients,
    withheld,
    ...(types && { types }),
    ...((from !== null || to !== null) && { days: { from: from ?? FIRST_DAY, to: to ?? LAST_DAY } }),
  }
}

const FIRST_DAY = -(2 ** 31) + 1
const LAST_DAY = 2 ** 31 - 1
