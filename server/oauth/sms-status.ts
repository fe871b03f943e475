import type { IncomingMessage, ServerResponse } from 'node:http'
import { timingSafeEqual } from 'node:crypto'
import { FhirError } from '../errors.ts'
import type { People } from '../people/people.ts'
import { smsStatus } from '../people/sms/outbox.ts'
import { isForm, readText } from './form.ts'
import { fingerprint } from './secret.ts'

/** Reports in one request. */
const MOST = 200

/**
 * `POST /oauth/sms-status`: the gateway tells what became of messages, as JSON `{ "reference": …, "status": … }`, a list of
 * these, or a form of the two. It shows SMS_STATUS_TOKEN as a bearer token, or as the password of Basic authentication, for
 * some gateways know no other. Without that setting there is nothing here. It answers how many reports were of messages of
 * ours: one that was not is no reason to send the others again.
 */
export async function takeSmsStatus(
  people: People,
  token: string | undefined,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (token === undefined) throw new FhirError('not-found', 'There is nothing at this address')
  if (req.method !== 'POST') throw new FhirError('not-allowed', 'Reports are sent by POST')
  if (!isSame(secretOf(req), token)) throw new FhirError('unauthenticated', 'The gateway shows SMS_STATUS_TOKEN')
  const reports = reportsIn(await readText(req), isForm(req))
  let known = 0
  for (const { reference, status } of reports) if (await smsStatus(people, reference, status)) known++
  const body = JSON.stringify({ reports: reports.length, known })
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(body)
}

function secretOf({ headers: { authorization = '' } }: IncomingMessage): string {
  const [, way = '', text = ''] = /^(Bearer|Basic) +(\S{1,1024})$/i.exec(authorization) ?? []
  if (way.toLowerCase() !== 'basic') return text
  return /^[^:]*:(.*)$/s.exec(Buffer.from(text, 'base64').toString('utf8'))?.[1] ?? ''
}

/** Takes as long whatever is given. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(Buffer.from(fingerprint(given)), Buffer.from(fingerprint(token)))
}

interface Report {
  readonly reference: string
  readonly status: string
}

function reportsIn(text: string, form: boolean): readonly Report[] {
  const given: unknown = form ? Object.fromEntries(new URLSearchParams(text)) : jsonOf(text)
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  if (list.length === 0 || list.length > MOST || !list.every(isReport))
    throw new FhirError('invalid', `A report has a reference and a status; there are at most ${MOST} in a request`)
  return list
}

function isReport(value: unknown): value is Report {
  if (typeof value !== 'object' || value === null) return false
  const { reference, status } = value as Partial<Report>
  return typeof reference === 'string' && typeof status === 'string' && reference.length <= 100 && status.length <= 100
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new FhirError('malformed', 'This is neither JSON nor a form')
  }
}
