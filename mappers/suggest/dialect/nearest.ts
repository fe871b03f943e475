import type { Library } from '../../library.ts'
import type { Recognised } from '../columns/finding.ts'
import type { Kind } from '../sample/sample.ts'
import { readDialect } from './dialect.ts'
import { fit, type Fit } from './fit.ts'

/** Below it, a file of its own is shorter than all that must be taken back. */
const LEAST = 0.62

interface Asked {
  readonly kind: Kind
  /** Some columns are in a font that only looks like Hindi: only a dialect for such files reads those. */
  readonly legacyFont: boolean
}

/** Of the dialects for such tables the one that fits best, when it fits well. */
export function nearestTable(library: Library, findings: Recognised, { kind, legacyFont }: Asked): Fit | undefined {
  const fits = library
    .dialects()
    .map((name) => readDialect(library, name))
    .filter(({ source, wanted }) => source['kind'] === kind && wanted.length > 0)
    .filter(({ source }) => (source['legacyFont'] !== undefined) === legacyFont)
    .map((dialect) => fit(dialect, findings))
  const [best] = fits.toSorted((a, b) => b.score - a.score)
  return best && best.score >= LEAST ? best : undefined
}
