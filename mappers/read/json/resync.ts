/**
 * After a record whose end cannot be trusted: where does the next one begin? After a comma, with a brace that is set in
 * like the broken record's (text that is laid out), or with the name that this file's records begin with and nothing
 * inside of them does. A nested object is never taken for a record; what is skipped stays with the broken one.
 */
export class Resync {
  text: string
  readonly #next: RegExp | undefined

  constructor(
    text: string,
    readonly line: number,
    indent: string | undefined,
    habit: string | undefined,
  ) {
    this.text = text
    const ways = [
      ...(indent !== undefined ? [`,[ \\t]*\\r?\\n${indent}(?=\\{)`] : []),
      ...(habit !== undefined ? [`,\\s*(?=\\{\\s*${habit}\\s*:)`] : []),
    ]
    if (ways.length === 0) return
    this.#next = new RegExp(ways.join('|'), 'g')
    this.#next.lastIndex = 1
  }

  /** The broken record's text and what follows it, once that is known. */
  push(text: string): { broken: string; rest: string; indent: string | undefined } | undefined {
    this.text += text
    if (!this.#next) return undefined
    const from = this.#next.lastIndex
    const match = this.#next.exec(this.text)
    if (!match) {
      this.#next.lastIndex = Math.max(from, this.text.length - LONGEST)
      return undefined
    }
    const lineStart = match[0].lastIndexOf('\n')
    return {
      broken: this.text.slice(0, match.index),
      rest: this.text.slice(match.index + match[0].length),
      indent: lineStart < 0 ? undefined : match[0].slice(lineStart + 1),
    }
  }
}

/** Of a comma, blanks, brace and name, which a chunk's end may cut. */
const LONGEST = 500

/** What this file's records begin with: `"id"`, as a pattern. It ceases to tell when objects inside of them begin so too. */
export class Habit {
  pattern: string | undefined
  #inner: RegExp | undefined
  #known = false

  learn(record: string): void {
    if (!this.#known) {
      this.#known = true
      const first = /^\{\s{0,100}("(?:[^"\\]|\\.){1,100}")\s{0,100}:/.exec(record)?.[1]
      if (first === undefined) return
      this.pattern = first.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
      this.#inner = new RegExp(`\\{\\s{0,100}${this.pattern}\\s{0,100}:`, 'g')
    }
    if (!this.#inner) return
    this.#inner.lastIndex = 1
    if (this.#inner.test(record)) this.pattern = this.#inner = undefined
  }
}
