import { Inflate } from 'fflate'
import { FileStop, issue } from '../../issues.ts'

/** A file inside of a ZIP (APPNOTE 6.3, sections 4.3.7 and 4.3.12), still packed. */
export interface Entry {
  readonly packed: Uint8Array
  readonly stored: boolean
}

/** An entry may unpack to so many times its size, once it is past the first megabytes; and never past the last bound. */
const RATIO = 200
const FREE = 8 * 1024 * 1024
const MOST = 2 ** 30
/** Packed bytes unpacked at once: at the worst ratio that is 16 MB. */
const STEP = 16384

/** The directory of a ZIP, by name; FileStop FILE_FORMAT where there is none. */
export function entriesOf(file: Uint8Array): Map<string, Entry> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const entries = new Map<string, Entry>()
  let at = view.getUint32(endOf(view) + 16, true)
  while (at + 46 <= file.length && view.getUint32(at, true) === 0x02014b50) {
    const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)]
    const [size, local] = [view.getUint32(at + 20, true), view.getUint32(at + 42, true)]
    const nameLength = view.getUint16(at + 28, true)
    const name = Buffer.from(file.subarray(at + 46, at + 46 + nameLength)).toString('utf8')
    if ((flags & 1) === 1) throw notZip('It is locked with a password.')
    if (local + 30 > file.length || (method !== 0 && method !== 8)) throw notZip('It is damaged.')
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    if (start + size > file.length) throw notZip('It is damaged or cut off.')
    entries.set(name, { packed: file.subarray(start, start + size), stored: method === 0 })
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  if (entries.size === 0) throw notZip('It is damaged or cut off.')
  return entries
}

/** The end of the directory: before a comment of at most 64 KB. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 65557; at--) {
    if (view.getUint32(at, true) === 0x06054b50) return at
  }
  throw notZip('It is no ZIP, or cut off.')
}

/** Unpacks piece by piece; FileStop LIMIT_RATIO as soon as it becomes far more than it was. */
export function* unpack({ packed, stored }: Entry): Generator<Uint8Array> {
  if (stored) {
    for (let at = 0; at < packed.length; at += FREE) yield packed.subarray(at, at + FREE)
    return
  }
  let out: Uint8Array[] = []
  let total = 0
  const inflate = new Inflate((chunk) => {
    total += chunk.length
    if (total > MOST || (total > FREE && total > packed.length * RATIO)) throw new FileStop(issue('LIMIT_RATIO'))
    out.push(chunk)
  })
  for (let at = 0; at < packed.length; at += STEP) {
    try {
      inflate.push(packed.subarray(at, at + STEP), at + STEP >= packed.length)
    } catch (error) {
      throw error instanceof FileStop ? error : notZip('It is damaged.')
    }
    yield* out
    out = []
  }
}

function notZip(detail: string): FileStop {
  return new FileStop(issue('FILE_FORMAT', { detail }))
}
