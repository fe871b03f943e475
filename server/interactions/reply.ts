import type { Visit } from '../access/visit.ts'
import { instant, textOf } from '../store/body.ts'
import type { Issue } from '../errors.ts'
import { byColumns, sees } from '../store/sight.ts'
import type { Row } from '../store/types.ts'
import type { Decision } from './decide.ts'
import { etagOf, preferredReturn } from './prefer.ts'
import type { FhirReply, FhirRequest } from './request.ts'
import { outcomeOfWrite } from './rules.ts'

/** The answer to a write, as much of it as the caller prefers (https://hl7.org/fhir/R4/http.html#ops). */
export function replyToWrite(
  context: Visit,
  request: FhirRequest,
  decision: Decision,
  notes: readonly Issue[] = [],
): FhirReply {
  const wish = preferredReturn(request.headers.prefer)
  if (decision.kind === 'absent' || decision.row.how === 'd')
    return replyToDelete(decision, wish === 'OperationOutcome')
  const { row } = decision
  const minimal = wish === 'minimal' || !mayBeShown(context, decision)
  const warnings = [...(decision.warnings ?? []), ...notes]
  const status = decision.kind === 'created' ? 201 : 200
  const headers = { ...versionHeaders(row), location: locationOf(context.base, row), ...warningHeader(warnings) }
  const { updated } = row
  if (wish === 'OperationOutcome')
    return { status, headers, warnings, updated, body: outcomeOfWrite(SAID[decision.kind], warnings) }
  if (minimal) return { status, headers, warnings, updated }
  return { status, headers, warnings, updated, body: fullText(row) }
}

/** Whoever may write but not read is shown what they sent, and not what was there before. */
export function mayBeShown({ actor, sight }: Visit, { kind, row }: Decision & { row: Row }): boolean {
  const sent = kind !== 'unchanged' && row.how !== 'p'
  if (sent || actor.kind === 'open' || actor.kind === 'system') return true
  const granted = actor.scopes.some(({ type, verbs }) => (type === '*' || type === row.type) && verbs.includes('r'))
  return granted && sees(byColumns(sight), row) !== undefined
}

/** Who did not ask for an OperationOutcome learns at least that there is one (RFC 7234 section 5.5, 299). */
export function warningHeader({ length }: readonly Issue[]): Record<string, string> {
  return length === 0
    ? {}
    : { warning: `299 - "${length} findings: send Prefer: return=OperationOutcome to read them"` }
}

function replyToDelete(decision: Decision, outcomeWanted: boolean): FhirReply {
  const known =
    'row' in decision ? { headers: { etag: etagOf(decision.row.version) }, updated: decision.row.updated } : {}
  return outcomeWanted
    ? { status: 200, ...known, body: outcomeOfWrite(SAID[decision.kind]) }
    : { status: 204, ...known }
}

export const SAID: Record<Decision['kind'], string> = {
  created: 'The resource was created',
  updated: 'The resource was updated',
  unchanged: 'The resource is the same already: no new version was made',
  deleted: 'The resource was deleted',
  absent: 'There was no such resource',
}

/** ETag and Last-Modified (https://hl7.org/fhir/R4/http.html#versioning). */
export function versionHeaders(row: Row): Record<string, string> {
  return { etag: etagOf(row.version), 'last-modified': new Date(row.updated).toUTCString() }
}

export function locationOf(base: string, row: Row): string {
  return `${base}/${row.type}/${row.id}/_history/${row.version}`
}

export function fullText(row: Row): string {
  if (row.body === null) throw new Error('a tombstone has no text')
  return textOf({ ...row, body: row.body })
}

/** The `response` of a bundle entry (https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.response). */
export function responseOf(status: string, row: Row): string {
  const location = row.how === 'd' ? '' : `,"location":"${row.type}/${row.id}/_history/${row.version}"`
  return `{"status":"${status}"${location},"etag":"W/\\"${row.version}\\"","lastModified":"${instant(row.updated)}"}`
}
