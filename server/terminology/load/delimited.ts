import { createReadStream } from 'node:fs'

export interface Record {
  readonly cells: readonly string[]
  /** Of its beginning, from 1. */
  readonly line: number
}

/** One record after the other of a large file, in constant memory. `quoted`: CSV (RFC 4180); else tabs, quotes are text. */
export async function* readDelimited(file: string, separator: string, quoted: boolean): AsyncGenerator<Record> {
  const parser = new Parser(separator, quoted)
  let first = true
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
    const text = first ? String(chunk).replace(/^\uFEFF/, '') : String(chunk)
    first = false
    yield* parser.push(text)
  }
  yield* parser.end()
}

export function parseDelimited(text: string, separator: string): Record[] {
  const parser = new Parser(separator, true)
  return [...parser.push(text.replace(/^\uFEFF/, '')), ...parser.end()]
}

/** Cuts text into records; what is unfinished waits for the next piece. */
class Parser {
  #rest = ''
  #line = 1

  constructor(
    readonly separator: string,
    readonly quoted: boolean,
  ) {}

  *push(text: string): Generator<Record> {
    this.#rest += text
    let from = 0
    for (let end = this.#endOfRecord(from); end >= 0; end = this.#endOfRecord(from)) {
      yield* this.#record(this.#rest.slice(from, end))
      from = end + 1
    }
    this.#rest = this.#rest.slice(from)
  }

  *end(): Generator<Record> {
    if (this.#rest !== '') yield* this.#record(this.#rest)
    this.#rest = ''
  }

  /** The line feed that ends the record: the first one with an even number of quotes before it. */
  #endOfRecord(from: number): number {
    let end = this.#rest.indexOf('\n', from)
    if (!this.quoted) return end
    let quotes = 0
    let counted = from
    while (end >= 0) {
      for (let at = this.#rest.indexOf('"', counted); at >= 0 && at < end; at = this.#rest.indexOf('"', at + 1))
        quotes++
      if (quotes % 2 === 0) return end
      counted = end
      end = this.#rest.indexOf('\n', end + 1)
    }
    return -1
  }

  *#record(text: string): Generator<Record> {
    const line = this.#line
    this.#line += 1 + (this.quoted ? text.split('\n').length - 1 : 0)
    const plain = text.endsWith('\r') ? text.slice(0, -1) : text
    if (plain !== '') yield { cells: this.#cells(plain), line }
  }

  #cells(text: string): string[] {
    if (!this.quoted || !text.includes('"')) return text.split(this.separator)
    const cells: string[] = []
    let at = 0
    for (;;) {
      if (text[at] === '"') {
        let end = text.indexOf('"', at + 1)
        while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2)
        if (end < 0) end = text.length
        cells.push(text.slice(at + 1, end).replaceAll('""', '"'))
        at = end + 1
      } else {
        const end = text.indexOf(this.separator, at)
        cells.push(end < 0 ? text.slice(at) : text.slice(at, end))
        at = end < 0 ? text.length : end
      }
      if (at >= text.length) return cells
      at += 1
      if (at === text.length) return [...cells, '']
    }
  }
}
