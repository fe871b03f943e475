import { IncomingMessage } from 'node:http'
import { FhirError } from '../errors.ts'

/** Larger than any request to the authorisation server is. */
const LIMIT = 48 * 1024

export async function readText(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LIMIT) throw new FhirError('too-large', 'Requests to the authorisation server have at most 48 KB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

export async function readForm(req: IncomingMessage): Promise<URLSearchParams> {
  if (!isForm(req)) throw new FhirError('unsupported-media', 'Send application/x-www-form-urlencoded.')
  return new URLSearchParams(await readText(req))
}

export function isForm(req: IncomingMessage): boolean {
  return /^application\/x-www-form-urlencoded\s*(;|$)/i.test(req.headers['content-type'] ?? '')
}

/** The request again, for oidc-provider, whose body was read to look at it. */
export function again(req: IncomingMessage, body: string): IncomingMessage {
  const copy = new IncomingMessage(req.socket)
  const { method, url, httpVersion, httpVersionMajor, httpVersionMinor, rawHeaders } = req
  const headers: IncomingMessage['headers'] = { ...req.headers, 'content-length': String(Buffer.byteLength(body)) }
  delete headers['transfer-encoding']
  const originalUrl = 'originalUrl' in req ? req.originalUrl : url
  Object.assign(copy, {
    method,
    url,
    httpVersion,
    httpVersionMajor,
    httpVersionMinor,
    rawHeaders,
    headers,
    originalUrl,
  })
  copy.push(body)
  copy.push(null)
  copy.complete = true
  return copy
}
