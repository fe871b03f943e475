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

/** Letters that the entries of one bundle answer: thousands of readings are a small request, and their answers are not. */
const ROOM = 64 * 1024 * 1024

/** What is left for further answers: the one that goes beyond it is still given. */
export class Room {
  #left = ROOM

  take(answer: string | undefined): void {
    this.#left -= answer?.length ?? 0
  }

  check(): void {
    if (this.#left > 0) return
    const hint = 'Send what is left in another bundle, and large searches by themselves.'
    throw new FhirError('too-costly', [{ message: 'The entries before this one fill the answer', hint }])
  }
}

/**
 * The GET entries of a transaction: after its writes, inside it, so that they see them and nobody else's. `hidden`: what it
 * would have written were it not another's, so that it is refused in the end; not to find that is no other fault.
 */
export async function answerReads(
  house: House,
  context: Visit,
  tx: Queryable,
  entries: readonly Entry[],
  hidden: ReadonlySet<string>,
): Promise<ReadAnswer[]> {
  const answers: ReadAnswer[] = []
  const room = new Room()
  const inside = { ...house, db: databaseWithin(tx) }
  for (const entry of entries) {
    try {
      room.check()
      const read = await answer(inside, context, requestOf(entry), entry)
      room.take(read.body)
      answers.push(read)
    } catch (error) {
      if (!(error instanceof FhirError)) throw error
      if (error.status === 404 && hidden.has(entry.path.slice(0, 2).join('/'))) continue
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
