import { CLEAR, type Clear } from '../../canonical.ts'
import type { Raw, Source } from '../../read/source.ts'

/** Whether a path found nothing: no value, blanks alone, or a list of such. */
export function isBlank(raw: Raw | readonly Raw[] | Clear | undefined): boolean {
  if (raw === undefined || raw === '') return true
  if (typeof raw === 'string') return !startsFilled(raw) && raw.trim() === ''
  return Array.isArray(raw) && raw.every((one: Raw) => isBlank(one))
}

/** Whether it begins with a letter, digit or sign of ASCII: most cells do, and need no look at the rest. */
function startsFilled(text: string): boolean {
  const first = text.charCodeAt(0)
  return first > 0x20 && first < 0x7f
}

/** Text of what a path found, trimmed; undefined when there is none. */
export function textOf(source: Source<unknown>, raw: Raw): string | Clear | undefined {
  if (typeof raw === 'string') return raw.trim()
  if (typeof raw !== 'object') return String(raw)
  const text = source.text?.(raw)
  return typeof text === 'string' ? text.trim() : text
}

/** Text of the first of what a path found; '' when there is none. */
export function firstText(source: Source<unknown>, found: Raw | readonly Raw[] | Clear | undefined): string {
  if (typeof found === 'string') return found.trim()
  if (found === undefined || found === CLEAR) return ''
  const list: readonly Raw[] = isList(found) ? found : [found as Raw]
  for (const raw of list) {
    const text = textOf(source, raw)
    if (typeof text === 'string' && text !== '') return text
  }
  return ''
}

export function isList(found: unknown): found is readonly Raw[] {
  return Array.isArray(found)
}
