import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import type { Actor } from '../../../server/context.ts'
import { FhirError } from '../../../server/errors.ts'
import { desk } from '../../../server/interactions/desk.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { FhirRequest, RequestHeaders } from '../../../server/interactions/request.ts'

export const BASE = 'http://matrix/fhir'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what it expects
  readonly json: any
}

/** At the desk as this actor: `ask(house, actor, 'GET Patient?name=x')`. */
export async function ask(
  house: House,
  actor: Actor,
  line: string,
  body?: object,
  headers: RequestHeaders = {},
  requestId = 'matrix',
): Promise<Answer> {
  try {
    const reply = await desk(house, { requestId, actor, base: BASE }, requestOf(line, body, headers))
    const answered = reply.body instanceof Readable ? await text(reply.body) : (reply.body?.toString() ?? '')
    return { status: reply.status, headers: reply.headers ?? {}, text: answered, json: parsed(answered) }
  } catch (error) {
    if (!(error instanceof FhirError)) throw new Error(`${line} fell over`, { cause: error })
    return { status: error.status, headers: {}, text: JSON.stringify(error.outcome()), json: error.outcome() }
  }
}

function requestOf(line: string, body: object | undefined, headers: RequestHeaders): FhirRequest {
  const [, method = '', address = ''] = /^(\S+) (.*)$/.exec(line.replace(`${BASE}/`, '').replace(BASE, '')) ?? []
  const [, place = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(address) ?? []
  const json = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json'
  return {
    method: method as FhirRequest['method'],
    path: place.split('/').filter((part) => part !== ''),
    query: [...new URLSearchParams(query)],
    headers,
    ...(body && { body: { kind: 'text', text: JSON.stringify(body), contentType: json } }),
  }
}

function parsed(answered: string): unknown {
  try {
    return JSON.parse(answered) as unknown
  } catch {
    return undefined
  }
}

/** `Patient/1`, and `+Practitioner/2` of what came along; the trail that asking leaves is left out. */
export function idsIn({ status, json }: Answer): string[] {
  if (status >= 300) return [`!${status}`]
  const entries: { resource?: { resourceType: string; id?: string }; search?: { mode?: string } }[] = json?.entry ?? []
  return entries
    .filter(({ resource, search }) => resource && resource.resourceType !== 'AuditEvent' && search?.mode !== 'outcome')
    .map(({ resource, search }) => `${search?.mode === 'include' ? '+' : ''}${resource?.resourceType}/${resource?.id}`)
}

/** Of a history: `Patient/1@3`, also of deletions. */
export function versionsIn({ status, json }: Answer): string[] {
  if (status >= 300) return [`!${status}`]
  const entries: { fullUrl: string; response: { etag?: string } }[] = json?.entry ?? []
  return entries
    .map(({ fullUrl, response }) => `${fullUrl.replace(`${BASE}/`, '')}@${/\d+/.exec(response.etag ?? '')?.[0] ?? ''}`)
    .filter((one) => !one.startsWith('AuditEvent/'))
}

export function linkIn({ json }: Answer, relation = 'next'): string | undefined {
  const links: { relation: string; url: string }[] = json?.link ?? []
  return links.find((one) => one.relation === relation)?.url
}
