import type { AuditEvent, Bundle, Resource } from '@medplum/fhirtypes'
import { parseScopes } from '../../../server/access/scopes.ts'
import type { Actor, Caller } from '../../../server/context.ts'
import { raw } from '../../../server/db/sql.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { RequestHeaders } from '../../../server/interactions/request.ts'
import type { AuditEntry } from '../../../server/store/audit-search.ts'
import { askAt, openHouse, systemOf, type Answer, type TestHouse } from '../../harness/house.ts'

export const BASE = 'http://audit/fhir'

export type World = Pick<TestHouse, 'house' | 'database'>

export function openWorld(): Promise<World> {
  return openHouse()
}

export const system: (facility: string) => Actor = systemOf

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

export type { Answer }

/** At the desk: `ask(house, caller, 'GET Patient?name=x')`. */
export function ask(
  house: House,
  actor: Actor,
  line: string,
  body?: object,
  headers: RequestHeaders = {},
  requestId = 'request-1',
): Promise<Answer> {
  return askAt(house, actor, line, { body, headers, requestId, base: BASE })
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
export async function rows({ house }: World): Promise<AuditEntry[]> {
  await house.journal.drain()
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
