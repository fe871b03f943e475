import { issue, type Issue } from '../issues.ts'
import { looksLikeLegacyFont } from './krutidev.ts'

/** So many values tell enough of a column. */
export const ENOUGH = 200

/**
 * What looks wrong in a sample of a table and is not told by reading it: columns in a legacy Hindi font that nobody
 * declared (`declared` names those that are). A guess never changes or refuses a value.
 */
export function suspects(
  headers: readonly string[],
  samples: readonly (readonly string[])[],
  declared: readonly string[] = [],
): Issue[] {
  return headers.flatMap((column, i) => {
    if (declared.includes(column)) return []
    const values = samples.slice(0, ENOUGH).map((cells) => cells[i] ?? '')
    return areWords(values) && looksLikeLegacyFont(values) ? [issue('FONT_SUSPECT', { column, line: 1 })] : []
  })
}

/** Units and codes (`mg/dL`, `HbA1c`) are spelled as strangely as the font; names and addresses have blanks in them. */
function areWords(values: readonly string[]): boolean {
  const filled = values.filter((value) => value.trim() !== '')
  return filled.filter((value) => /\S\s\S/.test(value)).length >= filled.length * 0.3
}
