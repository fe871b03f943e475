import { issue, type Issue } from '../../issues.ts'
import { maybeDouble, undouble } from '../double.ts'

/** HL7 table 0211, and what senders write instead of it → the name TextDecoder knows. */
const sets: Readonly<Record<string, string>> = {
  ASCII: 'utf-8',
  'UNICODE UTF-8': 'utf-8',
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
  UNICODE: 'utf-8',
  // A stream of UTF-16 was made UTF-8 before it was split.
  'UNICODE UTF-16': 'utf-8',
  'UNICODE UTF-32': 'utf-8',
  'ISO IR87': 'iso-2022-jp',
  'ISO IR159': 'iso-2022-jp',
  'ISO IR14': 'shift_jis',
  'GB 18030-2000': 'gb18030',
  'BIG-5': 'big5',
  'KS X 1001': 'euc-kr',
  'CNS 11643-1992': 'big5',
  'WINDOWS-1252': 'windows-1252',
  CP1252: 'windows-1252',
  'ISO-8859-1': 'windows-1252',
  LATIN1: 'windows-1252',
  '8859/1': 'windows-1252',
}

/** The encoding that MSH-18 declares: `UNICODE UTF-8`, `8859/1`, `8859/15`. */
export function declared(charset: string): string | undefined {
  const word = charset.trim().toUpperCase()
  const part = /^(?:ISO[- ]?)?8859[-/](\d{1,2})$/.exec(word)
  return sets[word] ?? (part ? `iso-8859-${Number(part[1])}` : undefined)
}

/** Senders that declare nothing: UTF-8, and Latin-1 where it is not. */
export const usualEncodings = ['utf-8', 'windows-1252'] as const

export interface Decoded {
  readonly text?: string
  readonly issues: readonly Issue[]
}

const beyondAscii = /[\u0080-\u00ff]/

/** A message's bytes (a character each) as text, by its MSH-18, else by the facility's encodings, one after the other. */
export function decode(bytes: string, encodings: readonly string[]): Decoded {
  if (!beyondAscii.test(bytes)) return { text: bytes, issues: [] }
  const charset = declared(charsetOf(bytes))
  const candidates = charset ? [charset, ...encodings.filter((name) => name !== charset)] : encodings
  const buffer = Buffer.from(bytes, 'latin1')
  for (const [index, encoding] of candidates.entries()) {
    const text = tryDecode(buffer, encoding)
    if (text === undefined) continue
    if (index > 0) return { text, issues: [issue('ENC_FALLBACK', { column: 'MSH-18', detail: `(${encoding})` })] }
    return encoding === 'utf-8' && maybeDouble(text) ? undoubled(text) : { text, issues: [] }
  }
  return { issues: [issue('ENC_INVALID', { column: 'MSH-18', level: 'error' })] }
}

function undoubled(text: string): Decoded {
  const { text: repaired, state } = undouble(text)
  if (state === 'clean') return { text, issues: [] }
  return { text: repaired, issues: [issue(state === 'repaired' ? 'ENC_REPAIRED' : 'ENC_DOUBLE')] }
}

function tryDecode(buffer: Buffer, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(buffer)
  } catch {
    return undefined
  }
}

/** The first filled repetition of MSH-18, before anything is decoded: its delimiters are ASCII. */
function charsetOf(bytes: string): string {
  const [header = ''] = bytes.split(/[\r\n]/, 1)
  const repetitions = header.split(header[3] ?? '|')[17] ?? ''
  return repetitions.split(header[5] ?? '~').find((name) => name !== '') ?? ''
}

/** Bytes of a UTF-16 stream become UTF-8; what is no UTF-16 passes. `head` holds at least the first four bytes. */
export function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [a, b, c, d] = head
  if ((a === 0xff && b === 0xfe) || (a === 0x4d && b === 0 && c === 0x53 && d === 0)) return 'utf-16le'
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x4d && c === 0 && d === 0x53)) return 'utf-16be'
  return undefined
}
