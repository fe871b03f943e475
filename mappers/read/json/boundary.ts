/**
 * Follows one JSON object from its opening brace to the closing one, over chunks, without keeping text. It tells a wrong
 * bracket, a line end inside a string or a token where none can stand (`broken`): what comes after is then not to be
 * trusted. Smaller faults (a comma too many, NaN, single quotes) leave the boundary where it is; JSON.parse refuses them.
 */
export class Boundary {
  #stack: boolean[] = [] // per open bracket: is it an array?
  #state = State.value
  #word = false // inside a bare word
  #string = 0 // length of the string we are in + 1; 0: in none
  #escaped = false
  #key = false // the string is a member's name

  constructor(private readonly limits: { readonly depth: number; readonly string: number }) {}

  /** Reads on from `from`. `end`: the offset after the closing brace. */
  read(text: string, from: number): Step {
    let i = from
    while (i < text.length) {
      if (this.#string > 0) {
        const after = this.#readString(text, i)
        if (after === undefined) return { kind: 'more' }
        if (after === BROKEN) return { kind: 'broken', at: i }
        if (after === LONG) return { kind: 'limit', code: 'LIMIT_CELL' }
        i = after
        continue
      }
      const code = text.charCodeAt(i)
      if (code <= 0x20) this.#word = false
      else if (!this.#token(code)) return { kind: 'broken', at: i }
      else if (this.#stack.length > this.limits.depth) return { kind: 'limit', code: 'LIMIT_DEPTH' }
      i++
      if (this.#stack.length === 0) return { kind: 'end', end: i }
    }
    return { kind: 'more' }
  }

  /** After the closing quote; undefined when the chunk ends first. */
  #readString(text: string, from: number): number | undefined {
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#escaped) this.#escaped = false
      else if (code === 0x5c) this.#escaped = true
      else if (code === 0x22) {
        this.#string = 0
        this.#state = this.#key ? State.colon : State.comma
        return i + 1
      } else if (code === 0x0a || code === 0x0d) return BROKEN
      if (++this.#string > this.limits.string) return LONG
    }
    return undefined
  }

  /** Whether the character may stand here. */
  #token(code: number): boolean {
    const word = this.#word
    this.#word = false
    switch (code) {
      case 0x22:
        if (this.#state > State.key) return false
        this.#key = this.#state === State.key
        this.#string = 1
        return true
      case 0x7b:
      case 0x5b:
        if (this.#state !== State.value) return false
        this.#stack.push(code === 0x5b)
        this.#state = code === 0x5b ? State.value : State.key
        return true
      case 0x7d:
      case 0x5d:
        if (this.#stack.pop() !== (code === 0x5d)) return false
        this.#state = State.comma
        return true
      case 0x2c:
        if (this.#state === State.colon) return false
        this.#state = this.#stack.at(-1) ? State.value : State.key
        return true
      case 0x3a:
        if (this.#state !== State.colon) return false
        this.#state = State.value
        return true
      default:
        return this.#bare(word)
    }
  }

  /** A number, true, NaN, a name without quotes: taken as a word, judged by JSON.parse. */
  #bare(going: boolean): boolean {
    if (!going) {
      if (this.#state > State.key) return false
      this.#state = this.#state === State.key ? State.colon : State.comma
    }
    this.#word = true
    return true
  }
}

export type Step =
  | { readonly kind: 'more' }
  | { readonly kind: 'end'; readonly end: number }
  | { readonly kind: 'broken'; readonly at: number }
  | { readonly kind: 'limit'; readonly code: 'LIMIT_CELL' | 'LIMIT_DEPTH' }

/** What may come next. */
const enum State {
  value,
  key,
  colon,
  comma,
}

const BROKEN = -1
const LONG = -2
