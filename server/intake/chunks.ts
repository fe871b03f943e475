import { maskAadhaarBytes } from '../fhir/rules/aadhaar.ts'

/** Bytes as they are kept: pieces of at most this size, so that a file of any size needs the memory of one. */
export const PIECE = 1024 * 1024

export interface Masked {
  readonly bytes: Buffer
  /** An Aadhaar number was in it. */
  readonly masked: boolean
}

/**
 * The same bytes in pieces, without Aadhaar numbers. A piece ends at a line's end, or where for some length there is no
 * digit, so that no number lies across a border; the search for them looks a few characters around.
 */
export async function* pieces(bytes: AsyncIterable<Uint8Array>, size = PIECE): AsyncIterable<Masked> {
  const cutter = new Cutter(size)
  for await (const chunk of bytes) yield* cutter.push(chunk)
  yield* cutter.end()
}

/** The same for whoever has no stream. */
export class Cutter {
  #waiting: Buffer[] = []
  #length = 0
  #wide: Wide | undefined

  constructor(private readonly size = PIECE) {}

  *push(chunk: Uint8Array): Iterable<Masked> {
    for (let at = 0; at < chunk.length; at += this.size) {
      const part = chunk.subarray(at, at + this.size)
      this.#waiting.push(Buffer.from(part.buffer, part.byteOffset, part.length))
      this.#length += part.length
      if (this.#length >= this.size) yield* this.#cut()
    }
  }

  *end(): Iterable<Masked> {
    if (this.#length === 0) return
    const whole = Buffer.concat(this.#waiting, this.#length)
    yield masked(whole, this.#wide ?? wideOf(whole))
  }

  *#cut(): Iterable<Masked> {
    const whole = Buffer.concat(this.#waiting, this.#length)
    let wide = this.#wide ?? wideOf(whole)
    let from = 0
    while (whole.length - from >= this.size) {
      const end = from + cutOf(whole.subarray(from, from + this.size), wide)
      yield masked(whole.subarray(from, end), wide)
      wide = { ...wide, marked: false }
      from = end
    }
    this.#wide = wide
    this.#waiting = [whole.subarray(from)]
    this.#length = whole.length - from
  }
}

/** UTF-16 with its mark: two bytes a character. */
interface Wide {
  readonly mark: Buffer | undefined
  /** The piece at hand begins with it. */
  readonly marked: boolean
}

function wideOf(first: Buffer): Wide {
  const [a, b] = [first[0], first[1]]
  const known = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)
  return { mark: known ? Buffer.from(first.subarray(0, 2)) : undefined, marked: true }
}

function masked(piece: Buffer, { mark, marked }: Wide): Masked {
  if (!mark || marked) {
    const bytes = maskAadhaarBytes(piece)
    return { bytes: bytes.length > 0 ? bytes : piece, masked: bytes !== piece }
  }
  const given = Buffer.concat([mark, piece])
  const bytes = maskAadhaarBytes(given)
  return bytes === given ? { bytes: piece, masked: false } : { bytes: bytes.subarray(2), masked: true }
}

/** Where to end a piece, in its last quarter: after the last line end that is not between digits, else where no digit is near, else at its end. */
function cutOf(piece: Buffer, { mark }: Pick<Wide, 'mark'>): number {
  const step = mark ? 2 : 1
  const least = Math.max(step, piece.length - (piece.length >> 2))
  for (let at = piece.lastIndexOf(0x0a); at >= least; at = piece.lastIndexOf(0x0a, at - 1)) {
    const end = lineEnd(piece, at, mark)
    if (end !== undefined && !(isDigit(piece[end]) && isDigit(before(piece, end, step)))) return end
  }
  let run = 0
  for (let at = piece.length - 1; at >= least; at--) {
    run = isDigit(piece[at]) ? 0 : run + 1
    if (run === QUIET) return at + ((QUIET >> 2) << 1) - (mark ? at & 1 : 0)
  }
  return piece.length & ~(step - 1)
}

const QUIET = 64

function lineEnd(piece: Buffer, at: number, mark: Buffer | undefined): number | undefined {
  if (!mark) return at + 1
  const little = mark[0] === 0xff
  if (little) return at % 2 === 0 && piece[at + 1] === 0 ? at + 2 : undefined
  return at % 2 === 1 && piece[at - 1] === 0 ? at + 1 : undefined
}

/** The last character before a line's end. */
function before(piece: Buffer, end: number, step: number): number | undefined {
  for (let at = end - 1; at >= Math.max(0, end - 8 * step); at--) {
    const byte = piece[at]
    if (byte !== 0x0a && byte !== 0x0d && byte !== 0 && byte !== 0x20) return byte
  }
  return undefined
}

/** Also the last byte of a digit of an Indian script in UTF-8: most of them end on A6 to AF. */
function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0xa6 && byte <= 0xaf))
}
