/** What the first bytes of a file say about its encoding. */
export interface Start {
  /** Named by a byte order mark or by the look of UTF-16; absent: the declared encodings decide. */
  readonly encoding?: string
  /** Bytes of the mark. */
  readonly skip: number
}

/** `names`: the declared encodings, as TextDecoder spells them. */
export function startOfText(head: Uint8Array, names: readonly string[]): Start {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', skip: 3 }
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', skip: 2 }
  for (const name of ['utf-16le', 'utf-16be']) {
    if (looksLikeUtf16(head, name, names.includes(name))) return { encoding: name, skip: 0 }
  }
  return { skip: 0 }
}

/**
 * UTF-16 without a mark. Hindi in UTF-16LE is valid UTF-8 (every second byte is 0x09, a tab), so that the evidence is in
 * the pairs: nearly all high bytes name Latin (00), an Indian script (09–0D) or punctuation (20), and what would be
 * characters of UTF-8 includes NULs or controls that no text holds.
 */
function looksLikeUtf16(head: Uint8Array, name: string, declared: boolean): boolean {
  if (head.length < 2 || !fitsUtf16(head, name)) return false
  return declared || head.some((byte) => byte < 9 || (byte > 13 && byte < 32))
}

/** At least four of five pairs are characters that an Indian hospital writes. */
export function fitsUtf16(head: Uint8Array, name: string): boolean {
  const high = name === 'utf-16le' ? 1 : 0
  const pairs = head.length >> 1
  let fitting = 0
  for (let at = 0; at < pairs * 2; at += 2) {
    const [top, low] = [head[at + high] ?? 0, head[at + 1 - high] ?? 0]
    if (top === 0 ? low !== 0 : (top >= 9 && top <= 13) || top === 0x20) fitting++
  }
  return pairs > 0 && fitting >= pairs * 0.8
}

const binaries: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 3, 4], 'a ZIP or XLSX file'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel file (.xls) or a locked one; save it as .xlsx or CSV'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF'],
  [[0x1f, 0x8b], 'a gzip file'],
  [[0xff, 0xd8, 0xff], 'a picture'],
  [[0x89, 0x50, 0x4e, 0x47], 'a picture'],
]

/** What a file is that is no text at all; undefined: it may be text. */
export function kindOfBinary(head: Uint8Array): string | undefined {
  return binaries.find(([magic]) => magic.every((byte, at) => head[at] === byte))?.[1]
}

/** How many bytes of UTF-8 are whole characters: a character cut at the end is left for the next piece. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) return lengthOf(byte) > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

/** Where the first byte stands that is no UTF-8 (RFC 3629, section 4); the length when there is none. */
export function firstBad(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at] as number
    if (byte < 0x80) at++
    else if (wellFormed(bytes, at)) at += lengthOf(byte)
    else return at
  }
  return bytes.length
}

function wellFormed(bytes: Uint8Array, at: number): boolean {
  const [first, second] = [bytes[at] as number, bytes[at + 1] ?? 0]
  const length = lengthOf(first)
  if (length === 1) return false
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return false
  for (let i = 2; i < length; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return false
  }
  return true
}

/** Of the character that begins with this byte; 1 where none can. */
function lengthOf(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 1
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** The bytes that windows-1252 leaves open. */
export const OPEN_1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

/** The characters of the bytes 80–9F in windows-1252; all others are those of Latin-1 (https://encoding.spec.whatwg.org). */
export const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ'

/** By a table of our own: the TextDecoder of Node 20 reads this encoding as Latin-1. */
export function windows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  return latin1.replace(/[\u0080-\u009F]/g, (character) => WINDOWS_1252.charAt(character.charCodeAt(0) - 0x80))
}
