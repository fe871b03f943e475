import type { Context } from '../context.ts'
import { outcomeOf, type Issue } from '../errors.ts'
import { instant, textOf } from '../store/body.ts'
import type { Row } from '../store/types.ts'
import type { Decision } from './decide.ts'
import { etagOf, preferredReturn } from './prefer.ts'
import type { FhirReply, FhirRequest } from './request.ts'

/** The answer to a write, as much of it as the caller prefers (https://hl7.org/fhir/R4/http.html#ops). */
export function replyToWrite(
  context: Context,
  request: FhirRequest,
  decision: Decision,
  notes: readonly Issue[] = [],
): FhirReply {
  const wish = preferredReturn(request.headers.prefer)
  if (decision.kind === 'absent' || decision.row.how === 'd')
    return replyToDelete(decision, wish === 'OperationOutcome')
  const { row } = decision
  const status = decision.kind === 'created' ? 201 : 200
  const headers = { ...versionHeaders(row), location: locationOf(context.base, row) }
  const { updated } = row
  if (wish === 'minimal') return { status, headers, updated }
  if (wish === 'OperationOutcome') return { status, headers, updated, body: outcome(SAID[decision.kind], notes) }
  return { status, headers, updated, body: fullText(row) }
}

function replyToDelete(decision: Decision, outcomeWanted: boolean): FhirReply {
  const known =
    'row' in decision ? { headers: { etag: etagOf(decision.row.version) }, updated: decision.row.updated } : {}
  return outcomeWanted ? { status: 200, ...known, body: outcome(SAID[decision.kind]) } : { status: 204, ...known }
}

export const SAID: Record<Decision['kind'], string> = {
  created: 'The resource was created',
  updated: 'The resource was updated',
  unchanged: 'The resource is the same already: no new version was made',
  deleted: 'The resource was deleted',
  absent: 'There was no such resource',
}

/** What was done, and what the profiles had to say about it. */
export function outcome(message: string, notes: readonly Issue[] = []): string {
  return JSON.stringify(outcomeOf([{ severity: 'information', code: 'informational', message }, ...notes]))
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
