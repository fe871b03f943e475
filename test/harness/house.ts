import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { Actor } from '../../server/context.ts'
import { FhirError } from '../../server/errors.ts'
import { desk } from '../../server/interactions/desk.ts'
import type { House } from '../../server/interactions/house.ts'
import type { FhirRequest, RequestHeaders } from '../../server/interactions/request.ts'
import { knowledgeOf } from '../../server/knowledge.ts'
import { makeLog } from '../../server/log.ts'
import { routes } from '../../server/routes.ts'
import { makeExpander, makeTerminology } from '../../server/terminology/make.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'
import { testJournal } from './journal.ts'

export interface TestHouse {
  readonly house: House
  readonly database: TestDatabase
  readonly drop: () => Promise<void>
}

/** A house on a fresh database, whose desk tests stand at without a door. `over`: what this house has otherwise. */
export async function openHouse({ base = '', ...over }: { base?: string } & Partial<House> = {}): Promise<TestHouse> {
  const database = await testDatabase()
  const { db } = database
  const journal = testJournal(db)
  const folder = join(tmpdir(), 'parchi-test-definitions')
  const knowledge = knowledgeOf(folder, new URL('../../profiles/', import.meta.url), base)
  const house: House = {
    ...knowledge,
    terminology: makeTerminology(db, knowledge.definitions),
    expander: makeExpander(db, knowledge.definitions),
    db,
    journal,
    log: makeLog('silent'),
    routes,
    pageKey: randomBytes(32),
    ...over,
  }
  const drop = () => house.journal.close().then(() => database.drop())
  return { house, database: { ...database, drop }, drop }
}

/** The server itself, writing for a facility or, without one, for the city. */
export function systemOf(facility?: string): Actor {
  return { kind: 'system', name: 'test', ...(facility !== undefined && { facility }) }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what it expects
  readonly json: any
}

export interface Asking {
  readonly body?: object | undefined
  readonly headers?: RequestHeaders
  readonly requestId?: string
  readonly base: string
}

/** At the desk as this actor: `askAt(house, actor, 'GET Patient?name=x', { base })`. A refusal is answered as a door would. */
export async function askAt(house: House, actor: Actor, line: string, asking: Asking): Promise<Answer> {
  const { base, requestId = 'test' } = asking
  try {
    const reply = await desk(house, { requestId, actor, base }, requestOf(line, asking))
    const answered = reply.body instanceof Readable ? await text(reply.body) : (reply.body?.toString() ?? '')
    return { status: reply.status, headers: reply.headers ?? {}, text: answered, json: parsed(answered) }
  } catch (error) {
    if (!(error instanceof FhirError)) throw new Error(`${line} fell over`, { cause: error })
    return { status: error.status, headers: {}, text: JSON.stringify(error.outcome()), json: error.outcome() }
  }
}

function requestOf(line: string, { body, headers = {}, base }: Asking): FhirRequest {
  const [, method = '', address = ''] = /^(\S+) (.*)$/s.exec(line.replace(`${base}/`, '').replace(base, '')) ?? []
  const [, place = '', query = ''] = /^([^?]*)\??(.*)$/s.exec(address) ?? []
  const contentType = method === 'PATCH' ? 'application/json-patch+json' : 'application/fhir+json'
  return {
    method: method as FhirRequest['method'],
    path: place.split('/').filter((part) => part !== ''),
    query: [...new URLSearchParams(query)],
    headers,
    ...(body && { body: { kind: 'text', text: JSON.stringify(body), contentType } }),
  }
}

function parsed(answered: string): unknown {
  try {
    return JSON.parse(answered) as unknown
  } catch {
    return undefined
  }
}
