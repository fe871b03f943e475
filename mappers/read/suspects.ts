import { issue, type Issue } from '../issues.ts'
import { looksLikeLegacyFont } from './krutidev.ts'

/** So many values tell enough of a column. */
const ENOUGH = 200

/**
 * What looks wrong in a sample of a table and is not told by reading it: columns in a legacy Hindi font that nobody
 * declared (`declared` names those that are). For previews: a guess never changes or refuses a value.
 */
export function suspects(
  headers: readonly string[],
  samples: readonly (readonly string[])[],
  declared: readonly string[] = [],
): Issue[] {
  return headers.flatMap((column, i) => {
    if (declared.includes(column)) return []
    const values = samples.slice(0, ENOUGH).map((cells) => cells[i] ?? '')
    return looksLikeLegacyFont(values) ? [issue('FONT_SUSPECT', { column, line: 1 })] : []
  })
}
