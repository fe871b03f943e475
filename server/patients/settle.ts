import type { Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import type { Document } from '../fhir/json.ts'
import { rid as ridOf } from '../fhir/keys.ts'
import { decide, make } from '../interactions/decide.ts'
import { deletionOf } from '../interactions/delete.ts'
import type { House } from '../interactions/house.ts'
import { serverItself } from '../interactions/pen.ts'
import { textOf } from '../store/body.ts'
import { storeWords } from '../store/lexicon.ts'
import { lockRows, readMany } from '../store/read.ts'
import { write } from '../store/write.ts'
import { goldenOf, signpost } from './golden.ts'
import { removeGoldens, signpostsTo, writeGoldens } from './store/goldens.ts'

export interface Settled {
  readonly id: string
  readonly members: readonly bigint[]
}

/**
 * Writes the golden Patients of these clusters, and of those that no cluster keeps (`left`) a signpost to where all members
 * went, or the end. One that says the same already gets no new version.
 */
export async function settleGoldens(
  house: House,
  tx: Queryable,
  settled: readonly Settled[],
  left: ReadonlyMap<string, string | undefined>,
): Promise<void> {
  const documents = new Map<string, Document<Patient>>()
  const bodies = await bodiesOf(
    tx,
    settled.flatMap(({ members }) => members),
  )
  for (const { id, members } of settled)
    documents.set(
      id,
      goldenOf(
        id,
        members.flatMap((rid) => bodies.get(rid) ?? []),
      ),
    )
  for (const [id, into] of left) if (into !== undefined) documents.set(id, signpost(id, into))
  const ended = [...left].flatMap(([id, into]) => (into === undefined ? [{ id, rid: ridOf('Patient', id) }] : []))
  const lost = await signpostsTo(
    tx,
    ended.map(({ rid }) => rid),
  )
  const gone = [...ended, ...lost].filter(({ id }) => !documents.has(id))
  await store(house, tx, documents, gone)
  await writeGoldens(
    tx,
    [...documents.keys()].map((id) => ({ id, rid: ridOf('Patient', id), successor: successorOf(left.get(id)) })),
  )
  await removeGoldens(
    tx,
    gone.map(({ rid }) => rid),
  )
}

function successorOf(into: string | undefined): bigint | null {
  return into === undefined ? null : ridOf('Patient', into)
}

async function bodiesOf(tx: Queryable, rids: readonly bigint[]): Promise<Map<bigint, Patient>> {
  const rows = await readMany(
    tx,
    'all',
    rids.map((rid) => ({ type: 'Patient' as const, rid })),
  )
  return new Map(
    rows.flatMap((row) =>
      row.body === null ? [] : [[row.rid, JSON.parse(textOf({ ...row, body: row.body })) as Patient] as const],
    ),
  )
}

async function store(
  house: House,
  tx: Queryable,
  documents: ReadonlyMap<string, Document<Patient>>,
  gone: readonly { id: string; rid: bigint }[],
): Promise<void> {
  const made = [...documents].map(([id, document]) => ({
    type: 'Patient' as const,
    id,
    rid: ridOf('Patient', id),
    fresh: false,
    want: { how: 'u' as const, made: make(house, document, id) },
  }))
  const deletions = gone.map(({ id, rid }) => deletionOf({ type: 'Patient', id, rid }, {}))
  const locked = await lockRows(tx, [...made, ...deletions])
  const decisions = [...made, ...deletions].map((intent) => decide(intent, locked.get(intent.rid), serverItself))
  // outside this transaction: nobody who stores the same words waits for it
  await storeWords(
    house.db,
    made.flatMap(({ want }) => want.made.entries.words),
  )
  await write(
    tx,
    decisions.flatMap((decision) => ('write' in decision ? [decision.write] : [])),
  )
}
