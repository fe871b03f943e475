import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { FhirError } from '../../server/errors.ts'
import { makeExtract } from '../../server/fhir/search/extract.ts'
import { desk } from '../../server/interactions/desk.ts'
import type { House } from '../../server/interactions/house.ts'
import type { FhirRequest, RequestHeaders } from '../../server/interactions/request.ts'
import { knowledgeOf } from '../../server/knowledge.ts'
import { makeLog } from '../../server/log.ts'
import { routes } from '../../server/routes.ts'
import { makeTerminology } from '../../server/terminology/make.ts'
import { testJournal } from '../harness/journal.ts'
import { testDatabase } from '../harness.ts'

export const BASE = 'http://test/fhir'

export interface Answer {
  status: number
  headers: Readonly<Record<string, string>>
  text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what it expects
  json: any
}

/** A desk on a fresh database: requests as a door would hand them in, refusals as it would answer them. */
export async function openDesk() {
  const database = await testDatabase()
  const { db } = database
  const knowledge = knowledgeOf(join(tmpdir(), 'parchi-test-definitions'), new URL('../../profiles/', import.meta.url))
  const house: House = {
    ...knowledge,
    extract: makeExtract(knowledge.registry, { compartment: knowledge.definitions.compartment('Patient') ?? {} }),
    terminology: makeTerminology(db, knowledge.definitions),
    expander: { expand: async () => undefined, hierarchy: async () => undefined },
    db,
    journal: testJournal(db),
    log: makeLog('silent'),
    routes,
    pageKey: randomBytes(32),
  }
  return {
    house,
    drop: () => database.drop(),
    ask: (line: string, body?: unknown, headers?: RequestHeaders) => askAt(house, line, body, headers),
  }
}

export type Ask = Awaited<ReturnType<typeof openDesk>>['ask']

/** `ask('PUT Patient/1', {…}, { 'if-match': 'W/"1"' })`; a string or Buffer body goes as it is. */
export async function askAt(house: House, line: string, body?: unknown, headers: RequestHeaders = {}): Promise<Answer> {
  const request = requestOf(line, body, headers)
  const context = { requestId: 'test', actor: { kind: 'open' }, base: BASE } as const
  try {
    const reply = await desk(house, context, request)
    const answered = reply.body instanceof Readable ? await text(reply.body) : (reply.body?.toString() ?? '')
    return { status: reply.status, headers: reply.headers ?? {}, text: answered, json: parsed(answered) }
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    const outcome = error.outcome()
    return { status: error.status, headers: {}, text: JSON.stringify(outcome), json: outcome }
  }
}

function requestOf(line: string, body: unknown, headers: RequestHeaders): FhirRequest {
  const [method = 'GET', address = ''] = line.split(' ')
  const [place = '', query = ''] = address.split('?')
  return {
    method: method as FhirRequest['method'],
    path: place
      .split('/')
      .filter((segment) => segment !== '')
      .map(decodeURIComponent),
    query: [...new URLSearchParams(query)],
    headers,
    ...(body !== undefined && { body: bodyOf(method, body) }),
  }
}

function bodyOf(method: string, body: unknown): NonNullable<FhirRequest['body']> {
  if (Buffer.isBuffer(body)) return { kind: 'bytes', bytes: body, contentType: 'image/png' }
  const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json'
  return { kind: 'text', text: typeof body === 'string' ? body : JSON.stringify(body), contentType }
}

function parsed(answered: string): unknown {
  try {
    return JSON.parse(answered) as unknown
  } catch {
    return undefined
  }
}
