import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { silent, visitOf, type Notes } from '../../../server/access/visit.ts'
import type { Actor } from '../../../server/context.ts'
import { asOwner } from '../../../server/db/role.ts'
import { sql } from '../../../server/db/sql.ts'
import { FhirError } from '../../../server/errors.ts'
import { rid } from '../../../server/fhir/keys.ts'
import { typeNumber } from '../../../server/fhir/types.ts'
import { desk } from '../../../server/interactions/desk.ts'
import type { House } from '../../../server/interactions/house.ts'
import { findRoute } from '../../../server/interactions/route.ts'
import type { Glimpse, Sight } from '../../../server/store/sight.ts'
import { openDesk } from '../../interactions/house.ts'

export const BASE = 'http://test/fhir'
const LABELLED = 1

export interface Answer {
  readonly status: number
  /** `Patient/p1` of every entry, sorted; of a single resource its own. */
  readonly ids: readonly string[]
  readonly text: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what it expects
  readonly json: any
}

/** Who asks: a sight made by hand, and who it is made for. */
export interface Asker {
  readonly sight: Sight
  readonly actor?: Actor
  readonly notes?: Notes
}

const patient = (id: string) => rid('Patient', id)
const PUBLIC = ['Organization', 'Practitioner', 'ValueSet', 'Medication'] as const

export const everybody: Glimpse = {
  tier: 'public',
  types: numbers(PUBLIC),
  patients: [0n],
  withheld: 0,
}

export function own(facility: string): Glimpse {
  return { tier: 'own', facility: rid('Organization', facility), withheld: 0 }
}

export function care(...ids: readonly string[]): Glimpse {
  return { tier: 'care', patients: ids.map(patient), withheld: LABELLED }
}

export function numbers(types: readonly Parameters<typeof typeNumber>[0][]): number[] {
  return types.map(typeNumber).sort((a, b) => a - b)
}

/**
 * Two hospitals and three people. p1 is hospital a's and p2 hospital b's; b's p2 links to p1. p3 registered with the city. What
 * is named `-a` or `-b` was written by that hospital; `hiv` is sensitive, `was-hiv` was and is not.
 */
export async function openReading() {
  const { house, drop } = await openDesk()
  const at = (facility: string) => ({ kind: 'system', name: 'test', facility }) as const
  const put = async (facility: string, resource: { resourceType: string; id: string }) => {
    await asked(house, { kind: 'system', name: 'test', ...(facility && at(facility)) }, [
      `PUT ${resource.resourceType}/${resource.id}`,
      resource,
    ])
  }
  for (const [facility, resource] of records) await put(facility, resource)
  const label = (id: string) => house.db.rows(sql`update resource set labels = ${LABELLED}::smallint where id = ${id}`)
  await label('hiv-b')
  await label('was-hiv-b')
  await put('b', { ...observation('was-hiv-b', 'p1'), status: 'amended' } as never)
  await house.db.rows(sql`update resource set labels = 0 where id = 'was-hiv-b'`)
  await put('b', { ...observation('hiv-b', 'p1'), status: 'amended' } as never)
  await house.db.transaction(async (tx) => {
    await asOwner(tx)
    await tx.rows(sql`update history set labels = 0 where id = 'hiv-b'`)
  })
  await label('hiv-b')
  await put('a', { ...observation('o1-a', 'p1', AT_B), status: 'amended' } as never)
  for (const [facility, id] of [
    ['a', 'gone-a'],
    ['b', 'gone-b'],
  ] as const)
    await asked(house, at(facility), [`DELETE Observation/${id}`])
  return {
    house,
    drop,
    ask: (asker: Asker, line: string, body?: unknown) => ask(house, asker, line, body),
  }
}

export type Reading = Awaited<ReturnType<typeof openReading>>

type Line = readonly [line: string, body?: unknown]

async function asked(house: House, actor: Actor, line: Line) {
  return desk(house, { requestId: 'test', actor, base: BASE }, requestOf(...line))
}

/** Past the desk, which would make a sight of its own: the row of the routes table, with this one. */
export async function ask(house: House, { sight, actor, notes }: Asker, line: string, body?: unknown): Promise<Answer> {
  const request = requestOf(line, body)
  const context = { requestId: 'test', actor: actor ?? { kind: 'open' }, base: BASE } as const
  const visit = visitOf(context, { sight, pen: { owner: 0n }, notes: notes ?? silent })
  try {
    const { route, target } = findRoute(house.routes, request.method, request.path)
    const reply = await route.handler(house, visit, request, target)
    const said = reply.body instanceof Readable ? await text(reply.body) : (reply.body?.toString() ?? '')
    const json = said === '' ? undefined : (JSON.parse(said) as Json)
    return { status: reply.status, ids: idsIn(json), text: said, json }
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    return { status: error.status, ids: [], text: JSON.stringify(error.outcome()), json: error.outcome() }
  }
}

interface Json {
  readonly resourceType?: string
  readonly id?: string
  readonly entry?: readonly { readonly resource?: Json; readonly fullUrl?: string }[]
}

function idsIn(json: Json | undefined): string[] {
  if (json?.resourceType !== 'Bundle') return json?.id === undefined ? [] : [`${json.resourceType}/${json.id}`]
  return (json.entry ?? [])
    .map(({ resource, fullUrl = '' }) => (resource ? `${resource.resourceType}/${resource.id}` : `-${fullUrl}`))
    .map((one) => one.replace(`${BASE}/`, ''))
    .sort()
}

function requestOf(line: string, body?: unknown) {
  const [method = 'GET', address = ''] = line.split(' ')
  const [place = '', query = ''] = address.replace(`${BASE}/`, '').split(/\?(.*)/s)
  return {
    method: method as 'GET',
    path: place.split('/').filter((segment) => segment !== ''),
    query: [...new URLSearchParams(query)],
    headers: {},
    ...(body !== undefined && {
      body: { kind: 'text', text: JSON.stringify(body), contentType: 'application/fhir+json' } as const,
    }),
  }
}

function observation(id: string, subject: string, more: object = {}) {
  const code = { coding: [{ system: 'http://loinc.org', code: '718-7' }], text: 'Hb' }
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code,
    subject: { reference: `Patient/${subject}` },
    ...more,
  }
}

/** A hospital's own may refer to what only the other one sees. */
const AT_B = { encounter: { reference: 'Encounter/e1-b' } }

const name = (family: string) => [{ family, given: ['Asha'] }]
const encounter = (id: string, subject: string) => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  subject: { reference: `Patient/${subject}` },
})

const records: readonly (readonly [string, { resourceType: string; id: string }])[] = [
  ['', { resourceType: 'Organization', id: 'a', name: 'A' } as never],
  ['', { resourceType: 'Organization', id: 'b', name: 'B' } as never],
  ['b', { resourceType: 'Practitioner', id: 'dr', name: name('Rao') } as never],
  ['a', { resourceType: 'Patient', id: 'p1', name: name('Sahu'), gender: 'female' } as never],
  [
    'b',
    {
      resourceType: 'Patient',
      id: 'p2',
      name: name('Verma'),
      gender: 'female',
      link: [{ other: { reference: 'Patient/p1' }, type: 'seealso' }],
    } as never,
  ],
  ['', { resourceType: 'Patient', id: 'p3', name: name('Yadav'), gender: 'male' } as never],
  ['a', encounter('e1-a', 'p1')],
  ['b', encounter('e1-b', 'p1')],
  ['b', encounter('e2-b', 'p2')],
  ['a', observation('o1-a', 'p1', AT_B)],
  ['b', observation('o1-b', 'p1', { performer: [{ reference: 'Practitioner/dr' }] })],
  ['b', observation('o2-b', 'p2', { hasMember: [{ reference: 'Observation/o1-a' }] })],
  ['b', observation('hiv-b', 'p1')],
  ['b', observation('was-hiv-b', 'p1')],
  ['a', observation('gone-a', 'p1')],
  ['b', observation('gone-b', 'p1')],
  ['a', { resourceType: 'Basic', id: 'memo-a', code: { text: 'memo' } } as never],
  ['b', { resourceType: 'Basic', id: 'memo-b', code: { text: 'memo' } } as never],
  [
    'b',
    {
      resourceType: 'Group',
      id: 'ward-b',
      type: 'person',
      actual: true,
      member: [{ entity: { reference: 'Patient/p1' } }, { entity: { reference: 'Patient/p2' } }],
    } as never,
  ],
]
