import type { Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { readMany } from '../../store/read.ts'
import type { Sight } from '../../store/sight.ts'
import { textOf } from '../../store/body.ts'
import { parseName } from '../names/parse.ts'
import { farness } from './rank.ts'
import type { Row } from '../../store/types.ts'
import { registeredAs, ridsOf } from './store.ts'
import type { Asked } from './terms.ts'

/** A source record that fits what was typed. */
export interface Hit {
  readonly row: Row
  readonly patient: Patient
}

/** How many records each of the two indexes gives for one question: enough to choose ten from, and soon read. */
const LOOKED_AT = 50

/** The source records that fit best, the nearest first; of equal ones by id. */
export async function findByText(db: Queryable, sight: Sight, asked: Asked): Promise<Hit[]> {
  const rids = await ridsOf(db, sight, asked, LOOKED_AT)
  const hits = await hitsOf(db, sight, rids)
  if (asked.kind === 'number') return hits.sort(byId)
  const ranked = hits.map((hit) => ({ hit, far: farness(asked.words, (hit.patient.name ?? []).map(parseName)) }))
  return ranked.sort((a, b) => a.far - b.far || byId(a.hit, b.hit)).map(({ hit }) => hit)
}

/**
 * Who was registered with the city itself by exactly this number, a whole mobile or ABHA number: for the counter where
 * somebody who says it wants to be known. None for less than a whole one.
 */
export async function findRegistered(db: Queryable, asked: Asked): Promise<Hit[]> {
  const whole = asked.starts.filter((term) => /^p [6-9]\d{9}$|^i \d{14}$/.test(term))
  if (asked.kind !== 'number' || whole.length === 0) return []
  return (await hitsOf(db, 'all', await registeredAs(db, whole, LOOKED_AT))).sort(byId)
}

async function hitsOf(db: Queryable, sight: Sight, rids: readonly bigint[]): Promise<Hit[]> {
  const rows = await readMany(
    db,
    sight,
    rids.map((rid) => ({ type: 'Patient' as const, rid })),
  )
  return rows.flatMap((row) =>
    row.body === null ? [] : [{ row, patient: JSON.parse(textOf({ ...row, body: row.body })) as Patient }],
  )
}

function byId(a: Hit, b: Hit): number {
  const [one, other] = [a.patient.id ?? '', b.patient.id ?? '']
  return one < other ? -1 : one > other ? 1 : 0
}
