import { FileStop, issue, type Code } from '../../issues.ts'
import { nextTag, type Tag } from './markup.ts'

/** A record's text; `broken`: it was never closed. */
export interface Found {
  readonly text: string
  readonly line: number
  readonly broken: boolean
}

export interface ScanLimits {
  readonly depth: number
  /** Characters of one text or tag. */
  readonly cell: number
  /** Characters of one record. */
  readonly record: number
}

/**
 * Finds the records of an XML text that comes in chunks: the elements at a path (`visits/visit`; empty: the root). Held is
 * only the record at hand. Inside of a record only elements of its own name are counted, so that whatever is wrong in
 * there costs that record alone. A DOCTYPE ends the file: nothing of it is ever looked at.
 */
export class Records {
  readonly #names: string[] = [] // open elements around the records
  #text = '' // from the record's `<`, else from what is not read yet
  #at = 0 // read so far
  #line = 1 // at #at
  #record: Open | undefined
  #found: Found[] = []
  #again = 0 // characters read twice
  begun = false
  /** Whether the path led anywhere. */
  reached = false
  stopped: FileStop | undefined

  constructor(
    private readonly path: readonly string[],
    private readonly limits: ScanLimits,
  ) {}

  /** The records that end in this chunk; when `stopped` is set afterwards, nothing comes behind them. */
  push(chunk: string): Found[] {
    try {
      if (!this.#record) this.#cut(this.#at)
      this.#text += chunk
      this.#read()
    } catch (error) {
      if (!(error instanceof FileStop)) throw error
      this.stopped = error
    }
    const found = this.#found
    this.#found = []
    return found
  }

  /** `cut`: the text ends before its elements are closed. */
  end(): { found: Found[]; cut: boolean } {
    if (this.#record) return { found: [{ text: this.#text, line: this.#record.line, broken: true }], cut: false }
    return { found: [], cut: this.#names.length > 0 || this.#text.slice(this.#at).trim() !== '' }
  }

  #read(): void {
    for (;;) {
      const tag = nextTag(this.#text, this.#at)
      if (!tag) break
      this.#skip(tag.start)
      this.#take(tag)
    }
    if (!this.begun && !this.#text.includes('<')) this.#skip(this.#text.length)
    if (this.#text.length - this.#at > this.limits.cell) this.#stop('LIMIT_CELL')
    if (this.#record && this.#text.length > this.limits.record) this.#stop('LIMIT_CELL')
  }

  #take(tag: Tag): void {
    if (tag.kind === 'doctype') this.#stop('LIMIT_ENTITY')
    if (tag.end - tag.start > this.limits.cell) this.#stop('LIMIT_CELL')
    if (tag.kind === 'other') return this.#pass(tag.end)
    this.begun = true
    if (this.#record) this.#inside(this.#record, tag)
    else this.#around(tag)
  }

  #around({ kind, name, start, end }: Tag): void {
    const names = this.#names
    if (kind === 'close') {
      if (names.pop() !== name) this.#stop('FILE_FORMAT')
      return this.#pass(end)
    }
    names.push(name)
    if (names.length > this.limits.depth) this.#stop('LIMIT_DEPTH')
    if (this.#stands(this.path)) {
      this.reached = true
      this.#cut(start)
      this.#record = { line: this.#line, depth: 0, listDepth: 0, next: undefined }
      if (kind === 'empty') this.#emit(end - start, false)
      else this.#pass(end - start)
      return
    }
    this.reached ||= this.#stands(this.path.slice(0, -1))
    if (kind === 'empty') names.pop()
    this.#pass(end)
  }

  #inside(record: Open, tag: Tag): void {
    const { kind, name, start, end } = tag
    const step = kind === 'open' ? 1 : kind === 'close' ? -1 : 0
    if (name === this.#names.at(-1)) {
      record.depth += step
      if (record.depth < 0) return this.#emit(end, false)
      if (step > 0) record.next ??= { at: start, line: this.#line }
    } else if (name === this.#names.at(-2)) {
      record.listDepth += step
      if (record.listDepth < 0) return this.#unclosed(record, start)
    }
    this.#pass(end)
  }

  /** The list ends before its record does. If another of that name began inside of it, that one was the next record. */
  #unclosed(record: Open, end: number): void {
    const { next } = record
    this.#again += this.#text.length
    if (this.#again > 4 * this.limits.record) this.#stop('FILE_FORMAT')
    this.#emit(next?.at ?? end, true)
    if (next) this.#line = next.line
  }

  #emit(end: number, broken: boolean): void {
    const text = this.#text.slice(0, end)
    if (text.length > this.limits.record) this.#stop('LIMIT_CELL')
    this.#found.push({ text: broken ? text.trimEnd() : text, line: this.#record?.line ?? this.#line, broken })
    if (end > this.#at) this.#pass(end)
    this.#cut(end)
    this.#record = undefined
    this.#names.pop()
  }

  /** Whether the open elements are those of a path; no path: the root. */
  #stands(path: readonly string[]): boolean {
    const names = this.#names
    if (path.length === 0) return this.path.length === 0 && names.length === 1
    return names.length === path.length && path.every((name, i) => name === '*' || name === names[i])
  }

  /** Over text that is no markup. Around the root there is none. */
  #skip(to: number): void {
    const from = this.#at
    if (to - from > this.limits.cell) this.#stop('LIMIT_CELL')
    if (this.#names.length === 0 && /[^\s\uFEFF]/.test(this.#text.slice(from, to))) this.#stop('FILE_FORMAT')
    this.#pass(to)
  }

  #pass(to: number): void {
    const text = this.#text
    for (let at = text.indexOf('\n', this.#at); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) this.#line++
    this.#at = to
  }

  #cut(from: number): void {
    this.#text = this.#text.slice(from)
    this.#at = 0
  }

  #stop(code: Code): never {
    throw new FileStop(issue(code, { line: this.#line }))
  }
}

/** A record that is being read: open elements of its own name and of the name of the list around it. */
interface Open {
  readonly line: number
  depth: number
  listDepth: number
  /** The first element of its own name inside of it. */
  next: { readonly at: number; readonly line: number } | undefined
}
