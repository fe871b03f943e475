import { Unzip, UnzipInflate, UnzipPassThrough, Zip, ZipDeflate, type UnzipFile } from 'fflate'
import { FhirError } from '../errors.ts'
import { Cutter, type Masked } from './chunks.ts'

/** Unpacked, an archive may have so many bytes for each of its own, beyond the first few. */
const RATIO = 200
const FREE = 16 * 1024 * 1024

export function isZip(head: Buffer): boolean {
  return head.length >= 4 && head.readUInt32LE(0) === 0x04034b50
}

/**
 * A zip archive (XLSX) packed anew with the Aadhaar numbers in its texts masked: they stand compressed in it, where
 * nothing can be masked in place. It is streamed through, so its size does not matter; what cannot be unpacked cannot
 * be searched either, and is refused.
 */
export async function* maskedZip(bytes: AsyncIterable<Uint8Array>, piece: number): AsyncIterable<Masked> {
  const archive = new Archive()
  let waiting: Uint8Array[] = []
  let length = 0
  const out = (): Masked => {
    const whole = { bytes: Buffer.concat(waiting, length), masked: archive.masked }
    waiting = []
    length = 0
    return whole
  }
  const take = (): boolean => {
    for (const chunk of archive.packed.splice(0)) {
      waiting.push(chunk)
      length += chunk.length
    }
    return length >= piece
  }
  for await (const chunk of bytes) {
    // Small steps: what one push unpacks stands in memory at once.
    for (let at = 0; at < chunk.length; at += 16 * 1024) {
      archive.push(chunk.subarray(at, at + 16 * 1024), false)
      if (take()) yield out()
    }
  }
  archive.push(new Uint8Array(0), true)
  take()
  yield out()
}

class Archive {
  readonly packed: Uint8Array[] = []
  masked = false
  #read = 0
  #unpacked = 0
  #files = 0
  #open = 0
  /** Thrown inside of the unpacker, which takes it for a fault of the archive. */
  #fault: FhirError | undefined
  readonly #zip = new Zip((error, chunk) => {
    if (error) throw unreadable()
    this.packed.push(chunk)
  })
  readonly #unzip = new Unzip((file) => this.#file(file))

  constructor() {
    this.#unzip.register(UnzipInflate)
    this.#unzip.register(UnzipPassThrough)
  }

  push(chunk: Uint8Array, last: boolean): void {
    this.#read += chunk.length
    try {
      this.#unzip.push(chunk, last)
      if (!last) return
      if (this.#files === 0 || this.#open > 0) throw unreadable()
      this.#zip.end()
    } catch (error) {
      throw this.#fault ?? (error instanceof FhirError ? error : unreadable())
    }
  }

  #file(file: UnzipFile): void {
    const packed = new ZipDeflate(file.name, { level: 1 })
    const text = /\.(xml|rels|vml|txt|csv|json|html?)$/i.test(file.name)
    const cutter = new Cutter()
    this.#zip.add(packed)
    this.#files++
    this.#open++
    file.ondata = (error, chunk, last) => {
      if (error) throw unreadable()
      this.#unpacked += chunk.length
      if (last) this.#open--
      if (this.#unpacked > FREE + RATIO * this.#read) throw (this.#fault = tooMuch())
      if (!text) {
        packed.push(chunk, last)
        return
      }
      for (const part of [...cutter.push(chunk), ...(last ? cutter.end() : [])]) {
        this.masked ||= part.masked
        packed.push(part.bytes)
      }
      if (last) packed.push(new Uint8Array(0), true)
    }
    file.start()
  }
}

function tooMuch(): FhirError {
  return new FhirError('too-large', [
    { message: 'LIMIT_RATIO: the archive unpacks to far more than its size.', hint: 'Send it unpacked.' },
  ])
}

function unreadable(): FhirError {
  return new FhirError('invalid', [
    { message: 'The archive cannot be unpacked.', hint: 'Save the file again as XLSX, without a password.' },
  ])
}
