import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Resource } from '@medplum/fhirtypes'
import { rid } from '../../server/fhir/keys.ts'
import type { House } from '../../server/interactions/house.ts'
import { knowledgeOf } from '../../server/knowledge.ts'
import { makeLog } from '../../server/log.ts'
import { storedBody } from '../../server/store/body.ts'
import { storeWords } from '../../server/store/lexicon.ts'
import type { Write } from '../../server/store/types.ts'
import { write } from '../../server/store/write.ts'
import { makeExpander, makeTerminology } from '../../server/terminology/make.ts'
import { testJournal } from '../harness/journal.ts'
import { testDatabase } from '../harness.ts'

export interface World {
  readonly house: House
  readonly resources: readonly Resource[]
  /** Writes resources as they are, without judging them: creates, or the next version of those that are there. */
  put(resources: readonly Resource[]): Promise<void>
  remove(type: string, id: string): Promise<void>
  close(): Promise<void>
}

/** A house on a fresh database with these resources in it. */
export async function openWorld(resources: readonly Resource[]): Promise<World> {
  const database = await testDatabase()
  const { db } = database
  const knowledge = knowledgeOf(join(tmpdir(), 'parchi-test-definitions'), new URL('../../profiles/', import.meta.url))
  const house: House = {
    ...knowledge,
    expander: makeExpander(db, knowledge.definitions),
    terminology: makeTerminology(db, knowledge.definitions),
    db,
    journal: testJournal(db),
    log: makeLog('silent'),
    routes: [],
    pageKey: randomBytes(32),
  }
  const versions = new Map<string, number>()
  const writeOf = (resource: Resource): Write => {
    const { resourceType: type, id = '' } = resource
    const version = (versions.get(`${type}/${id}`) ?? 0) + 1
    versions.set(`${type}/${id}`, version)
    const body = storedBody({ value: resource, exact: [] })
    const entries = house.extract(resource)
    return {
      rid: rid(type, id),
      type,
      id,
      version,
      updated: Date.now(),
      how: version === 1 ? 'c' : 'u',
      replaces: version > 1,
      body,
      entries,
      facility: 0n,
    }
  }
  const put = async (some: readonly Resource[]) => {
    const writes = some.map(writeOf)
    await storeWords(
      db,
      writes.flatMap(({ entries }) => entries?.words ?? []),
    )
    await db.transaction((tx) => write(tx, writes))
  }
  const remove = async (type: string, id: string) => {
    const last = writeOf({ resourceType: type, id } as Resource)
    await db.transaction((tx) => write(tx, [{ ...last, how: 'd', replaces: true, body: null, entries: null }]))
  }
  await put(resources)
  return { house, resources, put, remove, close: () => database.drop() }
}
