import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Visit } from '../../access/visit.ts'
import type { Queryable } from '../../db/database.ts'
import { databaseWithin } from '../../db/within.ts'
import { FhirError } from '../../errors.ts'
import { desk } from '../desk.ts'
import type { House } from '../house.ts'
import type { FhirReply, FhirRequest, RequestHeaders } from '../request.ts'
import { placed, type Entry } from './entry.ts'

export interface ReadAnswer {
  readonly entry: Entry
  readonly reply: FhirReply
  readonly body: string | undefined
}

/** The GET entries of a transaction: after its writes, inside it, so that they see them and nobody else's. */
export async function answerReads(
  house: House,
  context: Visit,
  tx: Queryable,
  entries: readonly Entry[],
): Promise<ReadAnswer[]> {
  const answers: ReadAnswer[] = []
  const inside = { ...house, db: databaseWithin(tx) }
  for (const entry of entries) {
    try {
      answers.push(await answer(inside, context, requestOf(entry), entry))
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      throw new FhirError(
        error.refusal,
        error.issues.map((issue) => placed(entry, issue, 'request')),
      )
    }
  }
  return answers
}

export async function answer(house: House, context: Visit, request: FhirRequest, entry: Entry): Promise<ReadAnswer> {
  const reply = await desk(house, context, request)
  return { entry, reply, body: await textOfBody(reply) }
}

/** An entry as the request it stands for. */
export function requestOf(entry: Entry, prefer?: string): FhirRequest {
  const headers: RequestHeaders = {
    accept: 'application/fhir+json',
    ...(prefer !== undefined && { prefer }),
    ...(entry.ifMatch !== undefined && { 'if-match': entry.ifMatch }),
    ...(entry.ifNoneMatch !== undefined && { 'if-none-match': entry.ifNoneMatch }),
    ...(entry.ifModifiedSince !== undefined && { 'if-modified-since': entry.ifModifiedSince }),
    ...(entry.ifNoneExist !== undefined && { 'if-none-exist': entry.ifNoneExist }),
  }
  const { method, path, query, document } = entry
  const body = document && ({ kind: 'json', document, contentType: 'application/fhir+json' } as const)
  return { method, path, query, headers, ...(body && { body }) }
}

async function textOfBody({ body }: FhirReply): Promise<string | undefined> {
  if (body === undefined || typeof body === 'string') return body
  return body instanceof Readable ? text(body) : body.toString('utf8')
}
