import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '../../server/context.ts'
import type { House } from '../../server/interactions/house.ts'
import { knowledgeOf } from '../../server/knowledge.ts'
import { makeLog } from '../../server/log.ts'
import { routes } from '../../server/routes.ts'
import { makeExpander, makeTerminology } from '../../server/terminology/make.ts'
import { testDatabase, type TestDatabase } from '../harness.ts'

/** A house on a fresh database, whose desk tests stand at without a door: callers are made up (matrix/callers.ts). */
export async function openHouse(
  base = '',
): Promise<{ house: House; database: TestDatabase; drop: () => Promise<void> }> {
  const database = await testDatabase()
  const { db } = database
  const folder = join(tmpdir(), 'parchi-test-definitions')
  const knowledge = knowledgeOf(folder, new URL('../../profiles/', import.meta.url), base)
  const house: House = {
    ...knowledge,
    terminology: makeTerminology(db, knowledge.definitions),
    expander: makeExpander(db, knowledge.definitions),
    db,
    log: makeLog('silent'),
    routes,
    pageKey: randomBytes(32),
  }
  return { house, database, drop: () => database.drop() }
}

/** The server itself, writing for a facility or, without one, for the city. */
export function systemOf(facility?: string): Actor {
  return { kind: 'system', name: 'test', ...(facility !== undefined && { facility }) }
}
