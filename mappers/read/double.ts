import { WINDOWS_1252 } from './encoding.ts'

/** Text whose UTF-8 bytes were taken for windows-1252 and encoded again: `राम` became `à¤°à¤¾à¤®`. */

/** Cheap test of a large piece: without such a pair nothing in it was encoded twice. */
const PAIR = /[\u00C2-\u00F4][\u0080-\u00BF\u0152-\u0192\u02C6\u02DC\u2013-\u203A\u20AC\u2122]/

/** An Indian letter, or a curly quotation mark, that lost one of its bytes on the way. */
const BROKEN = /\u00E0[\u00A4-\u00B7]|\u00E2\u20AC/

export function maybeDouble(text: string): boolean {
  return PAIR.test(text) || BROKEN.test(text)
}

export interface Undoubled {
  readonly text: string
  /** clean: it was not encoded twice. */
  readonly state: 'clean' | 'repaired' | 'broken'
}

/** Takes back what was encoded twice (or three times) wherever the bytes are whole; the rest of the text stays as it is. */
export function undouble(text: string): Undoubled {
  let now = text
  for (let times = 0; times < 3 && PAIR.test(now); times++) {
    const next = now.replace(/[\u0080-\u2122]+/g, once)
    if (next === now) break
    now = next
  }
  if (BROKEN.test(now)) return { text, state: 'broken' }
  return now === text ? { text, state: 'clean' } : { text: now, state: 'repaired' }
}

/** A run without ASCII: back to bytes, and from there what is whole UTF-8. */
function once(run: string): string {
  let out = ''
  for (let at = 0; at < run.length;) {
    const first = byteOf(run.charCodeAt(at))
    const length = first === undefined || first < 0xc2 || first > 0xf4 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    const whole = length > 1 ? character(run, at, length) : undefined
    out += whole ?? run.charAt(at)
    at += whole === undefined ? 1 : length
  }
  return out
}

const strict = new TextDecoder('utf-8', { fatal: true })

function character(run: string, at: number, length: number): string | undefined {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) {
    const byte = at + i < run.length ? byteOf(run.charCodeAt(at + i)) : undefined
    if (byte === undefined || (i > 0 && (byte & 0xc0) !== 0x80)) return undefined
    bytes[i] = byte
  }
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}

/** The windows-1252 byte of a character; the five that it leaves open stand for themselves. */
function byteOf(character: number): number | undefined {
  if (character >= 0xa0 && character <= 0xff) return character
  const at = character < 0x80 ? -1 : WINDOWS_1252.indexOf(String.fromCharCode(character))
  return at >= 0 ? at + 0x80 : character >= 0x80 && character <= 0x9f ? character : undefined
}
