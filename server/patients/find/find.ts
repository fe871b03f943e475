import type { Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { readMany } from '../../store/read.ts'
import type { Sight } from '../../store/sight.ts'
import { textOf } from '../../store/body.ts'
import { parseName } from '../names/parse.ts'
import { farness } from './rank.ts'
import { ridsOf } from './store.ts'
import type { Asked } from './terms.ts'

/** A source record that fits what was typed. */
export interface Hit {
  readonly rid: bigint
  readonly patient: Patient
}

/** How many records each of the two indexes gives for one question: enough to choose ten from, and soon read. */
const LOOKED_AT = 50

/** The source records that fit best, the nearest first; of equal ones by id. */
export async function findByText(db: Queryable, sight: Sight, asked: Asked): Promise<Hit[]> {
  const rids = await ridsOf(db, asked, LOOKED_AT)
  const rows = await readMany(
    db,
    sight,
    rids.map((rid) => ({ type: 'Patient' as const, rid })),
  )
  const hits = rows.flatMap((row) =>
    row.body === null ? [] : [{ rid: row.rid, patient: JSON.parse(textOf({ ...row, body: row.body })) as Patient }],
  )
  if (asked.kind === 'number') return hits.sort(byId)
  const ranked = hits.map((hit) => ({ hit, far: farness(asked.words, (hit.patient.name ?? []).map(parseName)) }))
  return ranked.sort((a, b) => a.far - b.far || byId(a.hit, b.hit)).map(({ hit }) => hit)
}

function byId(a: Hit, b: Hit): number {
  const [one, other] = [a.patient.id ?? '', b.patient.id ?? '']
  return one < other ? -1 : one > other ? 1 : 0
}
