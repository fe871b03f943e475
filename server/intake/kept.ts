import { PIECE, pieces, type Masked } from './chunks.ts'
import { isZip, maskedZip } from './zip.ts'

/** Bytes as they are kept: in pieces, without Aadhaar numbers; those of a zip archive (XLSX) are masked inside of it. */
export async function* kept(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Masked> {
  const iterator = bytes[Symbol.asyncIterator]()
  const head: Uint8Array[] = []
  let length = 0
  while (length < 4) {
    const next = await iterator.next()
    if (next.done) break
    head.push(next.value)
    length += next.value.length
  }
  const whole = again(head, iterator)
  yield* isZip(Buffer.concat(head.map((chunk) => chunk.subarray(0, 4)))) ? maskedZip(whole, PIECE) : pieces(whole)
}

async function* again(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}
