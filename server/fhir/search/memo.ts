import { rid, token } from '../keys.ts'
import { normalise } from './normalise.ts'

/**
 * Hashes of texts that come again and again (codes, units, the patients of a record), so that they are computed once. A
 * table of fixed size, each text with one place in it where the last one stays: most texts of a register (numbers, names)
 * come once, and what remembers all of them for a while costs more than hashing them.
 */
export class Memo {
  private readonly kept: string[]
  private readonly params: Int32Array
  private readonly hashes: bigint[]
  private readonly ids: string[]
  private readonly types: string[]
  private readonly rids: bigint[]
  private readonly mask: number
  private readonly words = new Map<string, string>()

  /** `size`: a power of two. */
  constructor(private readonly size = 16_384) {
    this.mask = size - 1
    this.kept = Array.from({ length: size }, () => '')
    this.params = new Int32Array(size)
    this.hashes = Array.from({ length: size }, () => 0n)
    this.ids = Array.from({ length: size }, () => '')
    this.types = Array.from({ length: size }, () => '')
    this.rids = Array.from({ length: size }, () => 0n)
  }

  token(param: number, text: string): bigint {
    if (text.length > MAX_KEPT || text === '') return token(param, text)
    const at = (placeOf(text) ^ Math.imul(param, 0x9e3779b1)) & this.mask
    if (this.params[at] === param && this.kept[at] === text) return this.hashes[at] ?? 0n
    this.params[at] = param
    this.kept[at] = text
    return (this.hashes[at] = token(param, text))
  }

  rid(type: string, id: string): bigint {
    const at = (placeOf(id) ^ type.length) & this.mask
    if (this.ids[at] === id && this.types[at] === type) return this.rids[at] ?? 0n
    this.ids[at] = id
    this.types[at] = type
    return (this.rids[at] = rid(type, id))
  }

  /** normalise(), of displays: the same few thousand stand in every record. */
  word(text: string): string {
    const known = this.words.get(text)
    if (known !== undefined) return known
    const word = normalise(text)
    if (text.length > MAX_KEPT) return word
    if (this.words.size >= this.size) this.words.clear()
    this.words.set(text, word)
    return word
  }
}

/** Long texts hardly come again. */
const MAX_KEPT = 100

/** From its length and some of its characters, mostly the last ones: codes, numbers and names of one kind differ there. */
function placeOf(text: string): number {
  const { length } = text
  let place = Math.imul(length, 0x85ebca6b)
  for (let at = length - 1, least = Math.max(0, length - 6); at >= least; at--) {
    place = Math.imul(place ^ text.charCodeAt(at), 0x01000193)
  }
  place = Math.imul(place ^ text.charCodeAt(length >> 1), 0x01000193)
  place = Math.imul(place ^ text.charCodeAt(length >> 2), 0x01000193)
  return place ^ (place >>> 15)
}
