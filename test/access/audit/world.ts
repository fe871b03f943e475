import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { AuditEvent, Bundle, Resource } from '@medplum/fhirtypes'
import { parseScopes } from '../../../server/access/scopes.ts'
import type { Actor, Caller } from '../../../server/context.ts'
import { raw } from '../../../server/db/sql.ts'
import { FhirError } from '../../../server/errors.ts'
import { desk } from '../../../server/interactions/desk.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { FhirRequest } from '../../../server/interactions/request.ts'
import { knowledgeOf } from '../../../server/knowledge.ts'
import { makeLog } from '../../../server/log.ts'
import { routes } from '../../../server/routes.ts'
import type { AuditEntry } from '../../../server/store/audit-search.ts'
import { makeExpander, makeTerminology } from '../../../server/terminology/make.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'

export const BASE = 'http://audit/fhir'

export interface World {
  readonly house: House
  readonly database: TestDatabase
}

export async function openWorld(): Promise<World> {
  const database = await testDatabase()
  const { db } = database
  const knowledge = knowledgeOf(
    join(tmpdir(), 'parchi-test-definitions'),
    new URL('../../../profiles/', import.meta.url),
  )
  const house: House = {
    ...knowledge,
    terminology: makeTerminology(db, knowledge.definitions),
    expander: makeExpander(db, knowledge.definitions),
    db,
    log: makeLog('silent'),
    routes,
    pageKey: randomBytes(32),
  }
  return { house, database }
}

export const system = (facility: string): Actor => ({ kind: 'system', name: 'test', facility })

export function emr(facility: string, scopes = 'system/*.cruds'): Caller {
  return {
    kind: 'client',
    id: `emr-${facility}`,
    app: `emr-${facility}`,
    role: 'emr',
    facility,
    scopes: parseScopes(scopes),
    grant: 'g',
  }
}

export function doctor(facility: string, id: string): Caller {
  return { kind: 'staff', id, app: 'portal', role: 'doctor', facility, scopes: parseScopes('user/*.cruds'), grant: 'g' }
}

export function administrator(scopes = 'user/*.cruds'): Caller {
  return { kind: 'staff', id: 'admin', app: 'portal', role: 'administrator', scopes: parseScopes(scopes), grant: 'g' }
}

export function patient(id: string, scopes = 'patient/*.cruds'): Caller {
  return { kind: 'patient', id, app: 'portal', role: 'patient', patient: id, scopes: parseScopes(scopes), grant: 'g' }
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** At the desk: `ask(house, caller, 'GET Patient?name=x')`. */
export async function ask(
  house: House,
  actor: Actor,
  line: string,
  body?: object,
  headers: FhirRequest['headers'] = {},
  requestId = 'request-1',
): Promise<Answer> {
  const [, method = '', place = '', query = ''] = /^(\S+) ([^?]*)\??(.*)$/.exec(line) ?? []
  const request: FhirRequest = {
    method: method as FhirRequest['method'],
    path: place.split('/').filter((part) => part !== ''),
    query: [...new URLSearchParams(query)],
    headers,
    ...(body && { body: { kind: 'text', text: JSON.stringify(body), contentType: 'application/fhir+json' } }),
  }
  try {
    const reply = await desk(house, { requestId, actor, base: BASE }, request)
    const answer = reply.body instanceof Readable ? await text(reply.body) : (reply.body?.toString() ?? '')
    return { status: reply.status, text: answer }
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    return { status: error.status, text: JSON.stringify(error.outcome()) }
  }
}

export async function store(
  house: House,
  facility: string,
  ...resources: (Resource & { id: string })[]
): Promise<void> {
  for (const resource of resources) {
    const { status, text: said } = await ask(
      house,
      system(facility),
      `PUT ${resource.resourceType}/${resource.id}`,
      resource,
    )
    if (status >= 300) throw new Error(`the world was refused: ${said}`)
  }
}

/** Everything the audit holds, oldest first. */
export function rows({ house }: World): Promise<AuditEntry[]> {
  return house.db.rows(raw('select * from audit order by tx, id'))
}

/** The rows that this leaves. */
export async function rowsOf(world: World, work: () => Promise<unknown>): Promise<AuditEntry[]> {
  const before = new Set((await rows(world)).map(({ id }) => id))
  await work()
  return (await rows(world)).filter(({ id }) => !before.has(id))
}

export function eventsIn({ text: answer }: Answer): AuditEvent[] {
  return ((JSON.parse(answer) as Bundle<AuditEvent>).entry ?? []).flatMap(({ resource }) => resource ?? [])
}

export const organization = (id: string): Resource & { id: string } => ({
  resourceType: 'Organization',
  id,
  name: `Hospital ${id}`,
})

export function person(id: string, more: object = {}): Resource & { id: string } {
  return {
    resourceType: 'Patient',
    id,
    name: [{ text: 'Savitri Sahu' }],
    gender: 'female',
    birthDate: '1971-03-05',
    ...more,
  }
}

export function pulse(id: string, of: string): Resource & { id: string } {
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${of}` },
    effectiveDateTime: '2026-11-20T10:00:00+05:30',
    valueQuantity: { value: 72, unit: '/min' },
  }
}
