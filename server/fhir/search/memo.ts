import { referenceToken, token } from '../keys.ts'
import { lately, MAX_KEPT, placeOf } from '../lately.ts'
import { normalise } from './normalise.ts'
import type { Local } from './references.ts'

/**
 * Hashes of texts that come again and again (codes, units, the patients of a record), so that they are computed once, in a
 * table of fixed size (lately.ts). It also knows which of them the resource at hand has given already.
 */
export class Memo {
  private readonly kept: string[]
  private readonly params: Int32Array
  private readonly hashes: bigint[]
  /** By place: the resource that gave the text last. */
  private readonly givers: Int32Array
  private giver = 0
  private readonly mask: number
  readonly normalise = lately(normalise, 16_384)
  /** A display as a word of the lexicon, and as the text of its token. */
  readonly word = lately((text) => {
    const word = normalise(text)
    return { word, text: `~${word}` }
  }, 4096)

  /** Whether `once` can have given this resource a token a second time: a text had to leave its place, or had none. */
  unsure = false

  /** `size`: a power of two. */
  constructor(size = 16_384) {
    this.mask = size - 1
    this.kept = Array.from({ length: size }, () => '')
    this.params = new Int32Array(size)
    this.hashes = Array.from({ length: size }, () => 0n)
    this.givers = new Int32Array(size)
  }

  /** Another resource. */
  begin(): void {
    this.giver = (this.giver + 1) | 0
    this.unsure = false
  }

  token(param: number, text: string): bigint {
    if (text.length > MAX_KEPT || text === '') return token(param, text)
    const at = this.placeOf(param, text)
    return this.isAt(at, param, text) ? (this.hashes[at] ?? 0n) : this.keep(at, param, text, token(param, text))
  }

  /** The token; undefined when the resource gave it before. */
  once(param: number, text: string): bigint | undefined {
    if (text.length > MAX_KEPT || text === '') {
      this.unsure = true
      return token(param, text)
    }
    const at = this.placeOf(param, text)
    if (!this.isAt(at, param, text)) this.keep(at, param, text, token(param, text))
    else if (this.givers[at] === this.giver) return undefined
    this.givers[at] = this.giver
    return this.hashes[at]
  }

  /** The same of a reference, kept under the parameter's odd neighbour: no text is a token of both kinds. */
  pointing(param: number, { key, rid }: Local): bigint | undefined {
    const at = this.placeOf(param + 1, key)
    if (!this.isAt(at, param + 1, key)) this.keep(at, param + 1, key, referenceToken(param, rid))
    else if (this.givers[at] === this.giver) return undefined
    this.givers[at] = this.giver
    return this.hashes[at]
  }

  private placeOf(param: number, text: string): number {
    return (placeOf(text) ^ Math.imul(param, 0x9e3779b1)) & this.mask
  }

  private isAt(at: number, param: number, text: string): boolean {
    return this.params[at] === param && this.kept[at] === text
  }

  private keep(at: number, param: number, text: string, hash: bigint): bigint {
    if (this.givers[at] === this.giver) this.unsure = true
    this.givers[at] = this.giver - 1
    this.params[at] = param
    this.kept[at] = text
    this.hashes[at] = hash
    return hash
  }
}
