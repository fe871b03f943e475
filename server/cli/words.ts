/** What stands behind a command: words, and options as `--name=value` or `--name`. */
export interface Words {
  readonly words: readonly string[]
  readonly option: (name: string) => string | undefined
  readonly has: (name: string) => boolean
}

/** A command used wrongly: its message says how it is used. */
export class Usage extends Error {}

/** Throws Usage for an option that the command does not have. */
export function readWords(given: readonly string[], known: readonly string[]): Words {
  const options = new Map<string, string>()
  const words: string[] = []
  for (const word of given) {
    const [, name, value = ''] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined) words.push(word)
    else if (known.includes(name)) options.set(name, value)
    else throw new Usage(`There is no option --${name}; there are ${known.map((one) => `--${one}`).join(', ')}.`)
  }
  return { words, option: (name) => options.get(name) || undefined, has: (name) => options.has(name) }
}

/** The first words of a command, all of them needed. */
export function needed(words: readonly string[], usage: string, many = 1): string[] {
  if (words.length < many) throw new Usage(`Write: ${usage}`)
  return [...words]
}

/** What a command answers: the whole as JSON for --json, and lines for people. */
export class Said {
  constructor(
    readonly value: object,
    readonly lines: readonly string[],
  ) {}
}

/** Columns as wide as their widest cell. */
export function inColumns(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, String(cell).length)))
  const padded = (cell: string | number, at: number) => String(cell).padEnd(widths[at] ?? 0)
  return rows.map((row) => row.map(padded).join('  ').trimEnd())
}

/** `2026-11-21 04:30`, in UTC */
export function shortTime(time: Date | string): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ')
}

/** `3 rows`, `1 row` */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`
}

/** Progress of long work on stderr, at most once a second, in one line where it is a terminal. */
export function progress(what: string): (done: number, of?: number) => void {
  let told = Date.now()
  return (done, of) => {
    if (Date.now() - told < 1000) return
    told = Date.now()
    const line = `${what}: ${done}${of === undefined ? '' : ` of ${of}`} …`
    process.stderr.write(process.stderr.isTTY ? `\r${line.padEnd(70)}` : `${line}\n`)
  }
}
