import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Readable } from 'node:stream'
import { FhirError } from '../errors.ts'

/** How long the rest of a refused body is thrown away, so that a client still sending can read the refusal. */
const DISCARD_MS = 5000

const LARGE = 256 * 1024

const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress }

/** The whole body, decompressed. No more than `limit` bytes are ever held, whatever the compressed size says. */
export async function readBytes(req: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(req.headers['content-length'] ?? 0)
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') {
    if (declared > limit) return refuse(req, limit)
    return (await gather(req, req, limit, declared)) ?? refuse(req, limit)
  }
  const decoder = (decoders as Record<string, (typeof decoders)['gzip'] | undefined>)[
    Object.hasOwn(decoders, encoding) ? encoding : ''
  ]?.()
  if (!decoder) {
    throw new FhirError('unsupported-media', [
      { message: 'The Content-Encoding is not one of gzip, deflate and br.', hint: 'Send the body uncompressed.' },
    ])
  }
  const bytes = await gather(req.pipe(decoder), req, limit, 0)
  if (bytes) return bytes
  req.unpipe(decoder)
  decoder.destroy()
  return refuse(req, limit)
}

/** The body as it comes, decompressed; for those who do not want all of it in memory. */
export function decoded(req: IncomingMessage): AsyncIterable<Uint8Array> {
  const encoding = (req.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return whole(req, req)
  const decoder = Object.hasOwn(decoders, encoding) ? decoders[encoding as keyof typeof decoders]() : undefined
  if (!decoder) {
    throw new FhirError('unsupported-media', [
      { message: 'The Content-Encoding is not one of gzip, deflate and br.', hint: 'Send the body uncompressed.' },
    ])
  }
  req.once('aborted', () => decoder.destroy(new Error('aborted')))
  return whole(req.pipe(decoder), req)
}

async function* whole(source: Readable, req: IncomingMessage): AsyncIterable<Uint8Array> {
  try {
    // destroyed early, the request would lose the socket that its refusal goes to
    for await (const chunk of source.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array
  } catch {
    throw new FhirError('malformed', 'The body ended early or is not compressed as Content-Encoding says.')
  }
  if (!req.complete) throw new FhirError('malformed', 'The body ended early.')
}

export function utf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new FhirError('malformed', 'The body is not valid UTF-8.')
  const text = bytes.toString('utf8')
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** Undefined when there is more than the limit. A large body of a declared length is put in its place as it comes, not kept twice. */
function gather(source: Readable, req: IncomingMessage, limit: number, declared: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const whole = declared > LARGE ? Buffer.allocUnsafeSlow(declared) : undefined
    let length = 0
    const take = (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) {
        source.off('data', take)
        source.pause()
        resolve(undefined)
      } else if (whole) chunk.copy(whole, length - chunk.length)
      else chunks.push(chunk)
    }
    source.on('data', take)
    source.once('end', () =>
      resolve(whole ? whole.subarray(0, length) : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length)),
    )
    source.once('error', () =>
      reject(new FhirError('malformed', 'The body ended early or is not compressed as Content-Encoding says.')),
    )
    req.once('aborted', () => reject(new FhirError('malformed', 'The body ended early.')))
  })
}

async function refuse(req: IncomingMessage, limit: number): Promise<never> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DISCARD_MS)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    req.once('end', done).once('close', done).resume()
  })
  throw new FhirError('too-large', `The body has more than ${Math.floor(limit / 1024)} KB.`)
}
