import { Transform } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/**
 * `_pretty=true`: spreads JSON over lines by its text alone, in pieces of any size, so that decimals keep their digits
 * and nothing is parsed.
 */
export class Pretty extends Transform {
  private depth = 0
  private inString = false
  private escaped = false
  /** The character before, spaces left out: an empty {} stays on its line. */
  private before = ''
  private readonly decoder = new StringDecoder('utf8')

  constructor() {
    super({ decodeStrings: false, encoding: 'utf8' })
  }

  override _transform(chunk: Buffer | string, _encoding: string, done: (error: null, text: string) => void): void {
    done(null, this.spread(typeof chunk === 'string' ? chunk : this.decoder.write(chunk)))
  }

  spread(text: string): string {
    let out = ''
    for (const char of text) out += this.inString ? this.string(char) : this.structure(char)
    return out
  }

  private string(char: string): string {
    if (this.escaped) this.escaped = false
    else if (char === '\\') this.escaped = true
    else if (char === '"') this.inString = false
    return char
  }

  private structure(char: string): string {
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') return ''
    const opened = this.before === '{' || this.before === '['
    this.before = char
    if (char === '}' || char === ']') {
      this.depth--
      return opened ? char : this.line() + char
    }
    const lead = opened ? this.line() : ''
    if (char === '"') this.inString = true
    if (char === '{' || char === '[') this.depth++
    if (char === ',') return char + this.line()
    return lead + (char === ':' ? ': ' : char)
  }

  private line(): string {
    return '\n' + '  '.repeat(this.depth)
  }
}

export function pretty(json: string): string {
  return new Pretty().spread(json)
}
