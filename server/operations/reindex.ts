import type { Resource } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { parseJson, type Document } from '../fhir/json.ts'
import { binariesIn } from '../fhir/search/binaries.ts'
import type { House } from '../interactions/house.ts'
import { settleBinaries } from '../store/binaries.ts'
import { textOf } from '../store/body.ts'
import { storeWords } from '../store/lexicon.ts'
import { nextToReindex, rewriteEntries, START, type Place } from '../store/reindex.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import type { Row } from '../store/types.ts'

/** Which registry the stored entries were made by, and how far a reindex for another one came. */
const MADE_BY = 'registry'
const PROGRESS = 'reindex'

const BATCH = 500

/** Do the stored entries come from other search parameters than the ones known now? */
export async function needsReindex(house: House): Promise<boolean> {
  return (await readSetting(house.db, MADE_BY)) !== house.registry.fingerprint
}

/**
 * Makes the entries of every current resource anew, in batches of one transaction each. It goes on where it was broken
 * off, and several processes may run it at once: they take turns. Answers how many resources this call rewrote.
 */
export async function reindex(house: House, told: (done: number) => void): Promise<number> {
  let done = 0
  for (;;) {
    const count = await house.db.transaction((tx) => step(house, tx))
    if (count === 0) return done
    told((done += count))
  }
}

/** Starts over even when the search parameters are the same. */
export async function forgetEntries(house: House): Promise<void> {
  await writeSetting(house.db, MADE_BY, '')
  await writeSetting(house.db, PROGRESS, '')
}

async function step(house: House, tx: Queryable): Promise<number> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('parchi reindex', 0))`)
  const { fingerprint } = house.registry
  if ((await readSetting(tx, MADE_BY)) === fingerprint) return 0
  const from = placeIn(await readSetting(tx, PROGRESS), fingerprint)
  const { rows, place } = await nextToReindex(tx, from, BATCH)
  if (rows.length === 0) {
    await writeSetting(tx, MADE_BY, fingerprint)
    return 0
  }
  const bodies = rows.flatMap((row) => (row.body === null ? [] : [withEntries(house, row, row.body)]))
  await storeWords(
    tx,
    bodies.flatMap(({ entries }) => entries.words),
  )
  await rewriteEntries(tx, bodies)
  await settleBinaries(tx, bodies)
  await writeSetting(tx, PROGRESS, `${fingerprint} ${place.type} ${place.rid}`)
  return rows.length
}

function withEntries(house: House, row: Row, body: string) {
  const { value } = parseJson(textOf({ ...row, body })) as Document<Resource>
  return { ...row, replaces: true, body, entries: house.extract(value, body), binaries: binariesIn(body) }
}

function placeIn(progress: string | undefined, fingerprint: string): Place {
  const [by, type, rid] = progress?.split(' ') ?? []
  return by === fingerprint && type !== undefined && rid !== undefined
    ? { type: Number(type), rid: BigInt(rid) }
    : START
}
