import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle, Parameters } from '@medplum/fhirtypes'
import { parseScopes } from '../../../server/access/scopes.ts'
import type { Actor, Caller } from '../../../server/context.ts'
import { FhirError } from '../../../server/errors.ts'
import { desk } from '../../../server/interactions/desk.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { FhirRequest } from '../../../server/interactions/request.ts'
import { knowledgeOf } from '../../../server/knowledge.ts'
import { makeLog } from '../../../server/log.ts'
import { routes } from '../../../server/routes.ts'
import { makeTerminology } from '../../../server/terminology/make.ts'
import { testDatabase, type TestDatabase } from '../../harness.ts'

export type Answer = Pick<Bundle, 'entry' | 'total'> & Pick<Parameters, 'parameter'>

export interface World {
  readonly database: TestDatabase
  /** Names of the prepared statements since it was last emptied. */
  readonly statements: string[]
  readonly ask: (actor: Actor, line: string, body?: object) => Promise<{ status: number; body: Answer }>
  /** As the server itself, for a facility or the city; refuses to be refused. */
  readonly put: (facility: string | undefined, resource: object) => Promise<void>
  /** Ids of what a search finds. */
  readonly found: (actor: Actor, line: string) => Promise<string[]>
}

/** A desk on a database of its own, where callers stand without a door. */
export async function openWorld(): Promise<World> {
  const database = await testDatabase()
  const statements: string[] = []
  const house = houseOf(database, statements)
  const ask: World['ask'] = async (actor, line, body) => {
    try {
      const reply = await desk(house, { requestId: 'r', base: 'http://t/fhir', actor }, requestOf(line, body))
      return { status: reply.status, body: JSON.parse(typeof reply.body === 'string' ? reply.body : '{}') as Answer }
    } catch (error) {
      if (error instanceof FhirError) return { status: error.status, body: {} }
      throw error
    }
  }
  return {
    database,
    statements,
    ask,
    async put(facility, resource) {
      const { resourceType, id } = resource as { resourceType: string; id: string }
      const actor: Actor = { kind: 'system', name: 'test', ...(facility !== undefined && { facility }) }
      const { status } = await ask(actor, `PUT ${resourceType}/${id}`, resource)
      if (status >= 300) throw new Error(`${resourceType}/${id}: ${status}`)
    },
    async found(actor, line) {
      const { body } = await ask(actor, line)
      return (body.entry ?? []).map(({ resource }) => resource?.id ?? '').sort()
    },
  }
}

export function staff(id: string, role: Caller['role'], facility?: string): Caller {
  const caller = { kind: 'staff', id, app: 'portal', role, scopes: parseScopes('user/*.cruds'), grant: 'g' } as const
  return facility === undefined ? caller : { ...caller, facility }
}

function requestOf(line: string, body: object | undefined): FhirRequest {
  const [method = 'GET', address = ''] = line.split(' ')
  const [path = '', query = ''] = address.split('?')
  return {
    method: method as FhirRequest['method'],
    path: path.split('/'),
    query: [...new URLSearchParams(query)],
    headers: {},
    ...(body && { body: { kind: 'text', text: JSON.stringify(body), contentType: 'application/fhir+json' } }),
  }
}

function houseOf({ db }: TestDatabase, statements: string[]): House {
  const folder = join(tmpdir(), 'parchi-test-definitions')
  const knowledge = knowledgeOf(folder, new URL('../../../profiles/', import.meta.url))
  const watched: House['db'] = Object.create(db, {
    prepared: {
      value: (name: string, text: string, values: readonly unknown[]) => {
        statements.push(name)
        return db.prepared(name, text, values)
      },
    },
  }) as House['db']
  return {
    ...knowledge,
    terminology: makeTerminology(db, knowledge.definitions),
    expander: { expand: async () => undefined, hierarchy: async () => undefined },
    db: watched,
    log: makeLog('silent'),
    routes,
    pageKey: randomBytes(32),
  }
}
