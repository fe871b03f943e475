/**
 * Why something was seen, as a bit of `audit.tiers` and `audit.tier`: stored, so append and never reorder. `public` is
 * also what a duty shows.
 */
const TIERS = ['public', 'own', 'booking', 'care', 'consent', 'break-glass', 'self'] as const

const bits: ReadonlyMap<string, number> = new Map(TIERS.map((tier, i) => [tier, 1 << i]))

export function tierBit(tier: string): number {
  return bits.get(tier) ?? 1
}

export function tiersOf(mask: number): string[] {
  return TIERS.filter((_, i) => (mask & (1 << i)) !== 0)
}

export const BREAK_GLASS = tierBit('break-glass')
