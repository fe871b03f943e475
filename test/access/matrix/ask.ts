import type { Actor } from '../../../server/context.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { RequestHeaders } from '../../../server/interactions/request.ts'
import { askAt, type Answer } from '../../harness/house.ts'

export type { Answer }

export const BASE = 'http://matrix/fhir'

/** At the desk as this actor: `ask(house, actor, 'GET Patient?name=x')`. */
export function ask(
  house: House,
  actor: Actor,
  line: string,
  body?: object,
  headers: RequestHeaders = {},
  requestId = 'matrix',
): Promise<Answer> {
  return askAt(house, actor, line, { body, headers, requestId, base: BASE })
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
