import type { ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import type { FhirReply } from '../interactions/request.ts'
import { Pretty, pretty } from './pretty.ts'

export const FHIR_JSON = 'application/fhir+json; charset=utf-8'

/** Smaller bodies are not worth compressing. */
const GZIP_FROM = 32 * 1024

const compress = promisify(gzip)

/** On every answer: nobody keeps it (a clinic's computer has many users), guesses its type, runs what it holds, or frames it. */
const always = {
  'cache-control': 'no-store',
  vary: 'origin, accept-encoding',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
}

export interface Wishes {
  readonly requestId: string
  readonly pretty: boolean
  readonly gzip: boolean
  readonly head: boolean
}

/** Writes a reply to the socket; resolves when it was handed over, rejects when a stream broke halfway. */
export async function writeReply(res: ServerResponse, reply: FhirReply, wishes: Wishes): Promise<void> {
  const headers: Record<string, string | number> = { ...always, 'x-request-id': wishes.requestId, ...reply.headers }
  const { body } = reply
  if (body === undefined || reply.status === 304 || reply.status === 204) {
    if (body !== undefined && typeof body !== 'string' && !Buffer.isBuffer(body)) body.destroy()
    if (reply.status !== 304 && reply.status !== 204) headers['content-length'] = 0
    res.writeHead(reply.status, headers).end()
    return
  }
  headers['content-type'] ??= FHIR_JSON
  const indent = wishes.pretty && String(headers['content-type']).startsWith('application/fhir+json')
  if (typeof body === 'string') return writeWhole(res, reply.status, headers, indent ? pretty(body) : body, wishes)
  if (Buffer.isBuffer(body)) {
    return writeWhole(res, reply.status, headers, indent ? pretty(body.toString()) : body, wishes)
  }
  return writeStream(res, reply.status, headers, body, indent, wishes)
}

async function writeWhole(
  res: ServerResponse,
  status: number,
  headers: Record<string, string | number>,
  body: string | Buffer,
  wishes: Wishes,
): Promise<void> {
  let out = body
  if (wishes.gzip && body.length >= GZIP_FROM) {
    out = await compress(body, { level: 1 })
    headers['content-encoding'] = 'gzip'
  }
  headers['content-length'] = typeof out === 'string' ? Buffer.byteLength(out) : out.length
  res.writeHead(status, headers)
  if (wishes.head) res.end()
  else res.end(out)
}

async function writeStream(
  res: ServerResponse,
  status: number,
  headers: Record<string, string | number>,
  body: Readable,
  indent: boolean,
  wishes: Wishes,
): Promise<void> {
  if (wishes.head) {
    body.destroy()
    res.writeHead(status, headers).end()
    return
  }
  if (wishes.gzip) {
    headers['content-encoding'] = 'gzip'
  }
  // The status line waits for the first piece, so that a failure before it is still an OperationOutcome.
  await begun(body)
  res.writeHead(status, headers)
  await pipeline(
    body,
    indent ? new Pretty() : new PassThrough(),
    ...(wishes.gzip ? [createGzip({ level: 1 })] : []),
    res,
  )
}

function begun(body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    body.once('error', reject)
    body.once('readable', resolve)
    body.once('end', resolve)
  })
}
