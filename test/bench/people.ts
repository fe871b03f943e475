import type { Patient } from '@medplum/fhirtypes'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { makeRegisters } from '../../fixtures/city/people/city.ts'
import type { Queryable } from '../../server/db/database.ts'
import { openDatabase } from '../../server/db/open.ts'
import { sql } from '../../server/db/sql.ts'
import { user } from '../../server/db/embedded/cluster.ts'
import { port } from '../../server/db/embedded/postmaster.ts'
import { FhirError } from '../../server/errors.ts'
import { rid } from '../../server/fhir/keys.ts'
import { make, type Made } from '../../server/interactions/decide.ts'
import type { House } from '../../server/interactions/house.ts'
import { knowledgeOf } from '../../server/knowledge.ts'
import { writeTerms } from '../../server/patients/find/store.ts'
import { blocksOf } from '../../server/patients/keys/blocks.ts'
import { featuresOf } from '../../server/patients/keys/features.ts'
import { moveKeys, writePeople } from '../../server/patients/store/people.ts'
import { holdState, writeState } from '../../server/patients/store/state.ts'
import { storeWords } from '../../server/store/lexicon.ts'
import type { Write } from '../../server/store/types.ts'
import { write } from '../../server/store/write.ts'
import { postmasterOf } from './process.ts'

/** People of one made-up city; more records are of more cities. */
const CITY = 5_000
const BATCH = 2_000

type Record = Patient & { id: string }

/**
 * At least so many records of people known to the follower, every one with its features, keys and terms, unlinked: written
 * straight into the tables, for through the door and the follower a million would take an hour. The follower's row is held
 * meanwhile, and its cursor then stands behind them. → a sample of them, and how many there are
 */
export async function fillWithPeople(
  dataDir: string,
  records: number,
  say: (text: string) => void,
): Promise<{ sample: Record[]; there: number }> {
  const { socketDir: host } = await postmasterOf(dataDir)
  const db = await openDatabase({
    at: { host, port, user, database: 'parchi' },
    connections: 3,
    statementTimeout: 0,
    owner: true,
  })
  const profiles = new URL('../../profiles/', import.meta.url)
  const knowledge = knowledgeOf(join(tmpdir(), 'parchi-definitions'), profiles, 'http://bench/fhir')
  // of a house, make() needs no more than this
  const house = { ...knowledge, log: pino({ level: 'silent' }) } as unknown as House
  const sample: Record[] = []
  let there = 0
  try {
    await db.transaction(async (held) => {
      const state = await holdState(held, 'wait')
      for (let city = 0; there < records; city++) {
        const patients = makeRegisters(`bench ${city}`, CITY).patients.map((one) => ({
          ...one,
          id: `${one.id}-${city}`,
        }))
        for (let at = 0; at < patients.length && there < records; at += BATCH) {
          const batch = patients.slice(at, at + BATCH)
          await db.transaction((tx) => put(tx, house, batch))
          there += batch.length
        }
        sample.push(...patients.slice(0, Math.max(1, Math.floor(2_000 / Math.ceil(records / CITY)))))
        if (city % 10 === 9) say(`${there} people`)
      }
      const [now] = await db.rows<{ tx: string }>(sql`select pg_current_xact_id()::text as tx`)
      if (state && now) await writeState(held, { ...state, cursor: { ...state.cursor, tx: now.tx } })
    })
    await db.rows(sql`vacuum analyze resource, strings, person, person_key, person_term`)
  } finally {
    await db.close()
  }
  return { sample, there }
}

async function put(tx: Queryable, house: House, patients: readonly Record[]): Promise<void> {
  const made = patients.flatMap((patient) => taken(house, patient))
  await storeWords(
    tx,
    made.flatMap(({ entries }) => [...entries.words]),
  )
  const updated = Date.now()
  const writes = made.map(
    ({ patient: { id }, body, entries }): Write => ({
      rid: rid('Patient', id), type: 'Patient', id, version: 1, updated, how: 'c', replaces: false, body, entries, facility: 0n,
    }),
  ) // prettier-ignore
  const people = made.map(({ patient }) => {
    const features = featuresOf(patient)
    return { rid: rid('Patient', patient.id), id: patient.id, version: 1, sent: [], features }
  })
  await write(tx, writes)
  await writePeople(tx, people)
  await writeTerms(tx, people)
  await moveKeys(
    tx,
    [],
    people.flatMap((one) => blocksOf(one.features).map((key) => ({ key, rid: one.rid }))),
  )
}

/** Some clerks write what the hard rules refuse. */
function taken(house: House, patient: Record): (Made & { patient: Record })[] {
  try {
    return [{ patient, ...make(house, { value: patient, exact: [] }, patient.id) }]
  } catch (error) {
    if (error instanceof FhirError) return []
    throw error
  }
}
