/** A line of a facility file, and what is said beside it. */
export interface Line {
  readonly text: string
  readonly note?: string
}

/** Lines that belong together: the bindings of a group. */
export type Lines = readonly Line[]

export function line(text: string, note?: string): Line {
  return note === undefined ? { text } : { text, note }
}

/** Where a line before has said all. */
export function withoutNote({ text }: Line): Line {
  return { text }
}

/** `key:` with lines below it; nothing where there are none. */
export function under(key: string, lines: Lines): Line[] {
  return lines.length === 0 ? [] : [line(`${key}:`), ...indented(lines)]
}

/** The same of a group, or of several as items of a list. */
export function underEach(key: string, groups: readonly Lines[]): Line[] {
  const [only] = groups
  if (groups.length === 1 && only) return under(key, only)
  return under(key, groups.flatMap(item))
}

/** Lines as an item of a list: the first has the dash. */
export function item(lines: Lines): Line[] {
  return lines.map((one, at) => ({ ...one, text: `${at === 0 ? '- ' : '  '}${one.text}` }))
}

export function indented(lines: Lines): Line[] {
  return lines.map((one) => ({ ...one, text: `  ${one.text}` }))
}

/** Notes stand in one column where the lines allow it. */
const MARGIN = 64

export function printed(lines: Lines): string {
  return `${lines.map(printedLine).join('\n')}\n`
}

function printedLine({ text, note }: Line): string {
  if (note === undefined) return text
  const said = note.replace(/\s+/g, ' ').trim()
  return `${text.padEnd(text.trim() === '' ? 0 : MARGIN)} # ${said}`.trimEnd()
}

const PLAIN = /^[\p{L}][\p{L}\p{M}\p{N} ./()@_-]*$/u
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n|nan)$/i
const ON_ONE_LINE = /^[^\n\r\t\\\p{Cc}]*$/u

/** A scalar as YAML reads it back, inside of `{ }` and `[ ]` too. */
export function quoted(text: string): string {
  if (PLAIN.test(text) && text.trim() === text && !NO_TEXT.test(text)) return text
  return ON_ONE_LINE.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text)
}

export function list(texts: readonly string[]): string {
  return `[${texts.map(quoted).join(', ')}]`
}

/** Anything on one line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value !== 'object' || value === null) return quoted(String(value))
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`)
  return `{ ${entries.join(', ')} }`
}
