import { isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import { FileStop, issue } from '../issues.ts'
import { firstBad, fitsUtf16, kindOfBinary, OPEN_1252, startOfText, wholeCharacters, windows1252 } from './encoding.ts'
import { SpecFault, type Bytes, type Seen } from './source.ts'

/** Bytes are decoded in pieces of this size, however large they come. */
const PIECE = 65536

/**
 * The text of a file, a piece at a time. A byte order mark and the look of UTF-16 win over what is declared; then the first
 * encoding counts, and single bytes that it cannot read are taken from the fallback behind it (once a file: ENC_FALLBACK).
 * Without a fallback: FileStop ENC_INVALID with the byte's offset. NULs are dropped, and DOS's Ctrl-Z, the end of a text.
 */
export async function* decode(bytes: Bytes, encodings: readonly string[], seen: Seen): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  for await (const piece of pieces(bytes)) {
    const first = decoder ? undefined : choose(piece, encodings, seen)
    decoder ??= (first as Chosen).decoder
    yield* clean(decoder.push(first ? piece.subarray(first.skip) : piece, false))
  }
  if (decoder) yield* clean(decoder.push(new Uint8Array(), true))
}

/** Faults in `source.encoding`, found when the mapping is opened. */
export function checkEncodings(encodings: readonly string[]): void {
  for (const label of encodings) {
    try {
      new TextDecoder(label)
    } catch {
      throw new SpecFault(`${label} is not an encoding; the usual ones are utf-8, utf-16le and windows-1252.`)
    }
  }
}

interface Decoder {
  push(bytes: Uint8Array, last: boolean): string
}

interface Chosen {
  readonly decoder: Decoder
  readonly skip: number
}

function* clean(text: string): Generator<string> {
  if (text !== '') yield text.replaceAll('\0', '').replaceAll('\u001a', '')
}

/** The first piece is as large as can be had: it is the evidence for the encoding. */
async function* pieces(bytes: Bytes): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array()
  for await (const chunk of bytes) {
    const whole: Uint8Array = head ? joined(head, chunk) : chunk
    if (head && whole.length < PIECE) {
      head = whole
      continue
    }
    head = undefined
    for (let at = 0; at < whole.length; at += PIECE) yield whole.subarray(at, at + PIECE)
  }
  if (head?.length) yield head
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.length === 0 ? b : b.length === 0 ? a : Buffer.concat([a, b])
}

function choose(head: Uint8Array, encodings: readonly string[], seen: Seen): Chosen {
  const binary = kindOfBinary(head)
  if (binary) throw new FileStop(issue('FILE_FORMAT', { detail: `It is ${binary}.` }))
  const names = encodings.map((label) => new TextDecoder(label).encoding)
  const { encoding, skip } = startOfText(head, names)
  const fitting = encoding ?? names.find((name) => !name.startsWith('utf-16') || fitsUtf16(head, name))
  if (fitting === undefined) throw new FileStop(issue('ENC_INVALID', { detail: `It is not ${names[0]}.` }))
  if (!encoding && fitting !== names[0])
    seen.issues.push(issue('ENC_FALLBACK', { detail: `The whole file is ${fitting}.` }))
  if (fitting === 'utf-8') return { decoder: new Utf8(fallbackOf(names), skip, seen), skip }
  if (fitting === 'windows-1252') return { decoder: { push: windows1252 }, skip }
  return { decoder: new Other(fitting, skip), skip }
}

interface Fallback {
  readonly name: string
  /** The character of each byte. */
  readonly table: string
}

/** Only an encoding of single bytes can stand in for a single byte. */
function fallbackOf(names: readonly string[]): Fallback | undefined {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  for (const name of names.slice(names.indexOf('utf-8') + 1)) {
    const table = name === 'windows-1252' ? windows1252(all) : new TextDecoder(name).decode(all)
    if (table.length === 256 && !table.includes('\uFFFD')) return { name, table }
  }
  return undefined
}

class Utf8 implements Decoder {
  private rest: Uint8Array = new Uint8Array()
  private told = false

  constructor(
    private readonly fallback: Fallback | undefined,
    /** Where `rest` begins in the file. */
    private offset: number,
    private readonly seen: Seen,
  ) {}

  push(bytes: Uint8Array, last: boolean): string {
    const whole = joined(this.rest, bytes)
    const end = last ? whole.length : wholeCharacters(whole)
    const ready = whole.subarray(0, end)
    const text = isUtf8(ready) ? utf8(ready) : this.mend(ready)
    this.rest = whole.subarray(end)
    this.offset += end
    return text
  }

  private mend(bytes: Uint8Array): string {
    const parts: string[] = []
    let from = 0
    for (let bad = firstBad(bytes, 0); bad < bytes.length; bad = firstBad(bytes, from)) {
      parts.push(utf8(bytes.subarray(from, bad)), this.other(bytes[bad] as number, this.offset + bad))
      from = bad + 1
    }
    parts.push(utf8(bytes.subarray(from)))
    return parts.join('')
  }

  private other(byte: number, offset: number): string {
    const open = this.fallback?.name === 'windows-1252' && OPEN_1252.has(byte)
    if (!this.fallback || open) {
      const known = ['utf-8', ...(this.fallback ? [this.fallback.name] : [])].join(' or ')
      throw new FileStop(issue('ENC_INVALID', { detail: `It is not ${known} at byte offset ${offset}.` }))
    }
    const { name, table } = this.fallback
    if (!this.told)
      this.seen.issues.push(issue('ENC_FALLBACK', { detail: `It is ${name}, first at byte offset ${offset}.` }))
    this.told = true
    return table.charAt(byte)
  }
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}

/** Every encoding but UTF-8. Those of single bytes read anything; in others a fault is found to the piece. */
class Other implements Decoder {
  private readonly decoder: TextDecoder

  constructor(
    private readonly name: string,
    private offset: number,
  ) {
    this.decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true })
  }

  push(bytes: Uint8Array, last: boolean): string {
    try {
      const text = this.decoder.decode(bytes, { stream: !last })
      this.offset += bytes.length
      return text
    } catch {
      const detail = `It is not ${this.name} at byte offset ${this.offset} or soon behind it.`
      throw new FileStop(issue('ENC_INVALID', { detail }))
    }
  }
}
