import { STATUS_CODES } from 'node:http'
import type { Visit } from '../../access/visit.ts'
import { preferredReturn, type Return } from '../prefer.ts'
import { instant } from '../../store/body.ts'
import { fullText, mayBeShown, responseOf, SAID } from '../reply.ts'
import type { FhirReply, FhirRequest } from '../request.ts'
import { outcomeOfWrite } from '../rules.ts'
import { placed, type Entry } from './entry.ts'
import type { ReadAnswer } from './reads.ts'
import type { Done } from './deciding.ts'

/** One answer per entry, in the order of the request (https://hl7.org/fhir/R4/http.html#transaction-response). */
export function transactionReply(
  context: Visit,
  request: FhirRequest,
  entries: readonly Entry[],
  done: readonly Done[],
  reads: readonly ReadAnswer[],
): FhirReply {
  const wish = preferredReturn(request.headers.prefer)
  const answers = new Map<Entry, string>()
  for (const one of done) answers.set(one.planned.entry, writeAnswer(context, one, wish))
  for (const one of reads) answers.set(one.entry, replyAnswer(one))
  return bundleReply(
    'transaction-response',
    entries.map((entry) => answers.get(entry) ?? '{}'),
  )
}

/** What entries of a batch prefer if nobody says what. */
export const MINIMAL = 'return=minimal'

export function bundleReply(type: 'transaction-response' | 'batch-response', answers: readonly string[]): FhirReply {
  const entries = answers.length === 0 ? '' : `,"entry":[${answers.join(',')}]`
  return { status: 200, body: `{"resourceType":"Bundle","type":"${type}"${entries}}` }
}

const STATUS = {
  created: '201 Created',
  updated: '200 OK',
  unchanged: '200 OK',
  deleted: '204 No Content',
  absent: '204 No Content',
} as const

function writeAnswer(visit: Visit, { decision, planned }: Done, wish: Return | undefined): string {
  const status = STATUS[decision.kind]
  const notes = planned.told.settled()
  if (decision.kind === 'absent') return `{"response":{"status":"${status}"}}`
  const { base } = visit
  const { row } = decision
  const warnings = decision.kind === 'deleted' ? [] : [...(decision.warnings ?? []), ...notes]
  const told = wish === 'OperationOutcome' || warnings.some(({ severity }) => severity !== 'information')
  const named = warnings.map((issue) => placed({ index: planned.entry.index, fullUrl: undefined }, issue, 'resource'))
  const outcome = told ? `,"outcome":${outcomeOfWrite(SAID[decision.kind], named)}` : ''
  const response = `${responseOf(status, row).slice(0, -1)}${outcome}}`
  if (wish === 'OperationOutcome') return `{"response":${response}}`
  if (wish !== 'representation' || row.body === null || !mayBeShown(visit, decision)) return `{"response":${response}}`
  return `{"fullUrl":"${base}/${row.type}/${row.id}","resource":${fullText(row)},"response":${response}}`
}

/** What the desk has answered, as an entry; a refusal's OperationOutcome goes to `outcome`. */
export function replyAnswer({ reply, body }: Pick<ReadAnswer, 'reply' | 'body'>): string {
  const { headers = {} } = reply
  const response: Record<string, string> = { status: `${reply.status} ${STATUS_CODES[reply.status] ?? ''}`.trim() }
  if (headers['location'] !== undefined) response['location'] = headers['location']
  if (headers['etag'] !== undefined) response['etag'] = headers['etag']
  if (reply.updated !== undefined) response['lastModified'] = instant(reply.updated)
  const { warnings = [] } = reply
  const isOutcome = reply.status >= 400 || (body?.startsWith('{"resourceType":"OperationOutcome"') ?? false)
  const told = warnings.length > 0 && !isOutcome ? `,"outcome":${outcomeOfWrite('The entry was taken', warnings)}` : ''
  const text = `${JSON.stringify(response).slice(0, -1)}${told}}`
  if (body === undefined) return `{"response":${text}}`
  return isOutcome ? `{"response":${text.slice(0, -1)},"outcome":${body}}}` : `{"resource":${body},"response":${text}}`
}
