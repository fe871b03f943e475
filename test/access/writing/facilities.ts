import type { Actor } from '../../../server/context.ts'
import { sql } from '../../../server/db/sql.ts'
import { rid } from '../../../server/fhir/keys.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { RequestHeaders } from '../../../server/interactions/request.ts'
import type { TestDatabase } from '../../harness.ts'
import { openHouse, systemOf } from '../../harness/house.ts'
import { ask, BASE, type Answer } from '../matrix/ask.ts'
import { caller } from '../matrix/callers.ts'

export const MRN = 'urn:mrn'

export const asha = caller('emr', 'system/*.cruds', { id: 'emr-asha', facility: 'asha' })
export const bela = caller('emr', 'system/*.cruds', { id: 'emr-bela', facility: 'bela' })
export const drBela = caller('doctor', 'user/*.cruds', { id: 'dr-bela', facility: 'bela' })

export interface Facilities {
  readonly house: House
  readonly connection: TestDatabase['connection']
  as(who: Actor, line: string, body?: object, headers?: RequestHeaders): Promise<Answer>
  /** Whose own the newest version is: the id of the Organization, '' the city's; undefined when there is none. */
  ownerOf(reference: string): Promise<string | undefined>
  drop(): Promise<void>
}

/**
 * Two hospitals, Asha and Bela. Mira and Ravi are Asha's patients, Sita is Bela's; Ravi is at Bela's since this morning,
 * so Bela sees his record. Nobody at Bela's has heard of Mira.
 */
export async function openFacilities(): Promise<Facilities> {
  const { house, database, drop } = await openHouse({ base: BASE })
  const { db, connection } = database
  for (const [facility, resource] of record)
    await ask(house, systemOf(facility), `PUT ${resource.resourceType}/${resource.id}`, resource)
  return {
    house,
    connection,
    drop,
    as: (who, line, body, headers) => ask(house, who, line, body, headers),
    ownerOf: async (reference) => {
      const [type = '', id = ''] = reference.split('/')
      const rows = await db.rows<{ facility: bigint }>(sql`
        select facility, version from resource where rid = ${rid(type, id)}
        union all select facility, version from history where rid = ${rid(type, id)}
        order by version desc limit 1`)
      return rows[0] && OWNERS.get(rows[0].facility)
    },
  }
}

export { systemOf as server }

const OWNERS = new Map([[0n, ''], ...['asha', 'bela'].map((id) => [rid('Organization', id), id] as const)])

export function patient(id: string, mrn = id) {
  return { resourceType: 'Patient', id, identifier: [{ system: MRN, value: mrn }], name: [{ text: id }] }
}

export function observation(id: string, about: string) {
  const subject = { reference: `Patient/${about}` }
  return { resourceType: 'Observation', id, status: 'final', code: { text: 'Hb' }, subject }
}

export function visit(id: string, about: string, start = new Date(Date.now() - 3_600_000).toISOString()) {
  const type = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' }
  const subject = { reference: `Patient/${about}` }
  return { resourceType: 'Encounter', id, status: 'in-progress', class: type, subject, period: { start } }
}

export function bundle(type: 'transaction' | 'batch', ...entry: object[]) {
  return { resourceType: 'Bundle', type, entry }
}

export function putting(resource: { resourceType: string; id: string }) {
  return { resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } }
}

const record: readonly (readonly [facility: string | undefined, { resourceType: string; id: string }])[] = [
  [undefined, { resourceType: 'Organization', id: 'asha', name: 'Asha' } as never],
  [undefined, { resourceType: 'Organization', id: 'bela', name: 'Bela' } as never],
  ['asha', patient('mira', '1')],
  ['asha', patient('ravi', '2')],
  ['bela', patient('sita', '3')],
  ['asha', observation('mira-hb', 'mira')],
  ['asha', observation('ravi-hb', 'ravi')],
  ['bela', observation('sita-hb', 'sita')],
  ['bela', visit('ravi-at-bela', 'ravi')],
]
