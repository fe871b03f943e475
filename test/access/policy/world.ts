import type { Bundle, Parameters } from '@medplum/fhirtypes'
import { parseScopes } from '../../../server/access/scopes.ts'
import type { Actor, Caller } from '../../../server/context.ts'
import type { House } from '../../../server/interactions/house.ts'
import type { TestDatabase } from '../../harness.ts'
import { askAt, openHouse, systemOf } from '../../harness/house.ts'

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
  const { house, database } = await openHouse()
  const statements: string[] = []
  const watched = { ...house, db: watch(database, statements) }
  const ask: World['ask'] = async (actor, line, body) => {
    const { status, json } = await askAt(watched, actor, line, { body, base: 'http://t/fhir' })
    return { status, body: (status < 400 ? (json ?? {}) : {}) as Answer }
  }
  return {
    database,
    statements,
    ask,
    async put(facility, resource) {
      const { resourceType, id } = resource as { resourceType: string; id: string }
      const { status } = await ask(systemOf(facility), `PUT ${resourceType}/${id}`, resource)
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

function watch({ db }: TestDatabase, statements: string[]): House['db'] {
  return Object.create(db, {
    prepared: {
      value: (name: string, text: string, values: readonly unknown[]) => {
        statements.push(name)
        return db.prepared(name, text, values)
      },
    },
  }) as House['db']
}
