import type { IncomingMessage } from 'node:http'
import { FhirError } from '../errors.ts'

const safe: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what another site lets a browser send with our cookies (CSRF). For every address that a cookie opens.
 * A browser says where a request comes from: Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/), on plain HTTP only
 * Origin. What says neither is no browser's, and has no business with cookies.
 */
export function refuseOtherSites(req: IncomingMessage, origin: string): void {
  if (safe.has(req.method ?? '')) return
  const site = req.headers['sec-fetch-site']
  if (site === undefined ? req.headers.origin === origin : site === 'same-origin') return
  throw new FhirError('forbidden', [
    { message: 'This was sent from another site.', hint: 'Open the page here and send it from there.' },
  ])
}
