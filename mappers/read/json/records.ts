import { FileStop, issue, type Code } from '../../issues.ts'
import { Boundary } from './boundary.ts'
import type { Step } from './grammar.ts'
import { Habit, Resync } from './resync.ts'

/** A record's text; `broken`: its end was not where JSON says, and `text` goes up to where the next one begins. */
export interface Found {
  readonly text: string
  readonly line: number
  readonly broken: boolean
}

export interface ScanLimits {
  readonly depth: number
  readonly string: number
  /** Characters of one record. */
  readonly record: number
}

/** An open bracket around the records: how much of the path leads to its content, -1: it does not. */
interface Frame {
  readonly array: boolean
  readonly matched: number
}

/**
 * Finds the records of a JSON text that comes in chunks: the objects at a path (`data.visits[*]`), holding no more than
 * the record at hand. What stands around them is only followed. Several JSON values one after the other are fine.
 */
export class Records {
  #frames: Frame[] = []
  #key = ''
  #inKey: 'no' | 'name' | 'value' = 'no'
  #escaped = false
  #awaitsKey = false
  #word = ''
  #line = 1
  #record:
    { boundary: Boundary; pieces: string[]; length: number; line: number; startsLine: string | undefined } | undefined
  #broken: Resync | undefined
  /** Of the line so far, when it is nothing but blanks: how deep a record is set in. */
  #indent: string | undefined = ''
  readonly #habit = new Habit()
  /** Whether the path led anywhere. */
  reached = false
  sawText = false
  stopped: FileStop | undefined

  constructor(
    private readonly path: readonly Step[],
    private readonly limits: ScanLimits,
  ) {}

  /** The records that end in this chunk; when `stopped` is set afterwards, nothing comes behind them. */
  push(chunk: string): Found[] {
    const found: Found[] = []
    let text = chunk
    try {
      while (text !== '') text = this.#read(text, found)
    } catch (error) {
      if (!(error instanceof FileStop)) throw error
      this.stopped = error
    }
    return found
  }

  /** What was left open at the end; `cut`: lists around the records were not closed. */
  end(): { found: Found[]; cut: boolean } {
    const found: Found[] = []
    if (this.#word !== '') this.#endWord(found)
    const left = this.#broken ?? (this.#record && { text: this.#record.pieces.join(''), line: this.#record.line })
    if (left) found.push({ text: left.text, line: left.line, broken: true })
    return { found, cut: !left && (this.#frames.length > 0 || this.#inKey !== 'no') }
  }

  /** Reads a piece and gives back what has to be read again. */
  #read(text: string, found: Found[]): string {
    if (this.#broken) return this.#resync(text, found)
    if (this.#record) return this.#inside(text, 0, found)
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === 0x0a) {
        this.#line++
        this.#indent = ''
      } else if (code <= 0x20) {
        if (this.#indent !== undefined) this.#indent += text[i]
      }
      if (this.#inKey !== 'no') {
        this.#string(code, text, i)
        continue
      }
      if (code <= 0x20) {
        if (this.#word !== '') this.#endWord(found)
        continue
      }
      if (code === 0x7b && this.#within(this.#matches()) === this.path.length) {
        if (this.#word !== '') this.#endWord(found)
        this.#begin()
        this.#indent = undefined
        return this.#inside(text, i, found)
      }
      this.#around(code, text[i] as string, found)
      this.#indent = undefined
    }
    return ''
  }

  #begin(): void {
    this.reached = true
    this.sawText = true
    this.#record = {
      boundary: new Boundary(this.limits),
      pieces: [],
      length: 0,
      line: this.#line,
      startsLine: this.#indent,
    }
  }

  #inside(text: string, from: number, found: Found[]): string {
    const record = this.#record
    if (!record) return text
    const step = record.boundary.read(text, from)
    const to = step.kind === 'end' ? step.end : text.length
    if (step.kind === 'limit') this.#stop(step.code, record.line)
    if (step.kind === 'broken') {
      record.pieces.push(text.slice(from))
      this.#record = undefined
      const all = record.pieces.join('')
      this.#broken = new Resync(all, record.line, record.startsLine, this.#habit.pattern)
      return this.#resync('', found)
    }
    const piece = text.slice(from, to)
    record.pieces.push(piece)
    record.length += piece.length
    if (record.length > this.limits.record) this.#stop('LIMIT_CELL', record.line)
    if (step.kind === 'more') return ''
    const whole = record.pieces.length === 1 ? piece : record.pieces.join('')
    found.push({ text: whole, line: record.line, broken: false })
    this.#habit.learn(whole)
    this.#line += lines(whole)
    this.#record = undefined
    return text.slice(to)
  }

  #resync(text: string, found: Found[]): string {
    const broken = this.#broken
    if (!broken) return text
    const next = broken.push(text)
    if (next === undefined) {
      if (broken.text.length > this.limits.record) this.#stop('FILE_FORMAT', broken.line)
      return ''
    }
    found.push({ text: next.broken, line: broken.line, broken: true })
    this.#line = broken.line + lines(broken.text.slice(0, broken.text.length - next.rest.length))
    this.#indent = next.indent
    this.#broken = undefined
    return next.rest
  }

  /** Inside a string around the records: names are kept as far as they matter. */
  #string(code: number, text: string, i: number): void {
    if (this.#escaped) this.#escaped = false
    else if (code === 0x5c) this.#escaped = true
    else if (code === 0x22) {
      if (this.#inKey === 'value') this.#awaitsKey = false
      this.#inKey = 'no'
      return
    }
    if (this.#inKey === 'name' && this.#key.length < 400) this.#key += text[i]
  }

  #around(code: number, char: string, found: Found[]): void {
    this.sawText = true
    switch (code) {
      case 0x22:
        this.#inKey = this.#awaitsKey ? 'name' : 'value'
        if (this.#awaitsKey) this.#key = ''
        else this.#scalar(found, '')
        return
      case 0x7b:
      case 0x5b:
        return this.#open(code === 0x5b)
      case 0x7d:
      case 0x5d:
        if (this.#word !== '') this.#endWord(found)
        if (this.#frames.pop()?.array !== (code === 0x5d)) this.#stop('FILE_FORMAT', this.#line)
        this.#awaitsKey = false
        return
      case 0x2c:
        if (this.#word !== '') this.#endWord(found)
        this.#awaitsKey = this.#frames.at(-1)?.array === false
        return
      case 0x3a:
        this.#awaitsKey = false
        return
      default:
        if (this.#frames.length === 0) this.#stop('FILE_FORMAT', this.#line)
        if (this.#word.length < 40) this.#word += char
    }
  }

  #open(array: boolean): void {
    const matched = this.#matches()
    const step = this.path[matched]
    if (array && (matched === this.path.length || (step?.kind === 'all' && matched + 1 === this.path.length))) {
      this.reached = true
    }
    this.#frames.push({ array, matched: array ? matched : this.#within(matched) })
    if (this.#frames.length > this.limits.depth) this.#stop('LIMIT_DEPTH', this.#line)
    this.#awaitsKey = !array
  }

  /** How much of the path leads to the value that begins here. A list may stand where the path names none, and none where it does. */
  #matches(): number {
    const frame = this.#frames.at(-1)
    if (!frame) return 0
    if (frame.matched < 0) return -1
    const step = this.path[frame.matched]
    if (frame.array) return step?.kind === 'all' ? frame.matched + 1 : frame.matched
    return step?.kind === 'name' && step.name === unescaped(this.#key) ? frame.matched + 1 : -1
  }

  /** An object where the path says "each of a list" stands for a list of one. */
  #within(matched: number): number {
    return this.path[matched]?.kind === 'all' ? matched + 1 : matched
  }

  #endWord(found: Found[]): void {
    const word = this.#word
    this.#word = ''
    this.#scalar(found, word)
  }

  /** A string, a number or garbage where a record should stand is a record that cannot be read; null is none. */
  #scalar(found: Found[], word: string): void {
    const frame = this.#frames.at(-1)
    if (!frame?.array || this.#matches() !== this.path.length || word === 'null') return
    found.push({ text: word, line: this.#line, broken: true })
  }

  #stop(code: Code, line: number): never {
    throw new FileStop(issue(code, { line }))
  }
}

function lines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++
  return count
}

function unescaped(key: string): string {
  if (!key.includes('\\')) return key
  try {
    return JSON.parse(`"${key}"`) as string
  } catch {
    return key
  }
}
