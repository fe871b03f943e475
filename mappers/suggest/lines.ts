import type { Finding } from './findings.ts'

/** A line of a facility file, and what is said beside it. */
export interface Line {
  readonly text: string
  readonly note?: string
}

/** Notes stand in one column where the lines allow it. */
const MARGIN = 64

export function printed(lines: readonly Line[]): string {
  return `${lines.map(({ text, note }) => (note === undefined ? text : `${text.padEnd(text.trim() === '' ? 0 : MARGIN)} # ${oneLine(note)}`.trimEnd())).join('\n')}\n`
} // prettier-ignore

/** `0.95 the header says so, the values look like it`, `0.62 please check: the header is much like it, …` */
export function because({ confidence, why }: Pick<Finding, 'confidence' | 'why'>): string {
  return confidence === 0 ? why : `${confidence.toFixed(2)} ${confidence < SURE ? 'please check: ' : ''}${why}`
}

/** Below it somebody who knows the file should look. */
const SURE = 0.7

/** A scalar as YAML reads it back, inside of `{ }` and `[ ]` too. */
export function quoted(text: string): string {
  const plain = /^[\p{L}][\p{L}\p{M}\p{N} ./()@_-]*$/u.test(text) && text.trim() === text
  if (plain && !/^(?:true|false|null|yes|no|on|off|y|n|nan)$/i.test(text)) return text
  return /^[^\n\r\t\\\p{Cc}]*$/u.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text)
}

export function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`
}

function oneLine(note: string): string {
  return note.replace(/\s+/g, ' ').trim()
}
