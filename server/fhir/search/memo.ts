import { rid, token } from '../keys.ts'
import { normalise } from './normalise.ts'

/**
 * Hashes of texts that come again and again (codes, units, patients), so that they are computed once. Two
 * generations bound it: what was not asked for during a whole generation is forgotten.
 */
export class Memo {
  private recent = new Map<number, Map<string, bigint>>()
  private older = new Map<number, Map<string, bigint>>()
  private size = 0
  private readonly words = new Map<string, string>()

  constructor(private readonly limit = 20_000) {}

  token(param: number, text: string): bigint {
    const known = this.recent.get(param)?.get(text)
    return known ?? this.keep(param, text, this.older.get(param)?.get(text) ?? token(param, text))
  }

  rid(type: string, id: string): bigint {
    const text = `${type}/${id}`
    const known = this.recent.get(RID)?.get(text)
    return known ?? this.keep(RID, text, this.older.get(RID)?.get(text) ?? rid(type, id))
  }

  /** normalise(), of displays: the same few thousand stand in every record. */
  word(text: string): string {
    const known = this.words.get(text)
    if (known !== undefined) return known
    const word = normalise(text)
    if (text.length > MAX_KEPT) return word
    if (this.words.size >= this.limit) this.words.clear()
    this.words.set(text, word)
    return word
  }

  private keep(param: number, text: string, hash: bigint): bigint {
    if (text.length > MAX_KEPT) return hash
    if (this.size >= this.limit) {
      this.older = this.recent
      this.recent = new Map()
      this.size = 0
    }
    let texts = this.recent.get(param)
    if (!texts) this.recent.set(param, (texts = new Map()))
    texts.set(text, hash)
    this.size++
    return hash
  }
}

/** No parameter's id: those have 31 bits. */
const RID = -1
/** Long texts hardly come again. */
const MAX_KEPT = 100
