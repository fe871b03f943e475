import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { typeNumber } from '../fhir/types.ts'
import type { House } from '../interactions/house.ts'
import { BEGINNING } from '../store/changes.ts'
import { compareAnew } from './compare.ts'
import { fingerprint, trained } from './in-force.ts'
import type { Matching } from './matching.ts'
import { observe } from './observe.ts'
import { recluster } from './recluster.ts'
import type { Step } from './follow.ts'
import { holdState, writeState, type Phase, type State } from './store/state.ts'

/**
 * Linking everything anew, in batches that a crash cannot hurt: first all keys, then all pairs, then all clusters, so that
 * no golden Patient comes apart on the way. Decisions, golden ids and what senders linked are kept. Meanwhile new versions
 * wait: the cursor stands still, and following goes on from it afterwards.
 */
const BATCH = 500

const after: Readonly<Record<Phase, Phase>> = { keys: 'pairs', pairs: 'clusters', clusters: 'follow', follow: 'follow' }

/** The next step of the follower begins; from then on a stranger is one among as many records as there are now. */
export function relink({ db }: House): Promise<void> {
  return db.transaction(async (tx) => {
    const state = await holdState(tx, 'wait')
    if (state) await writeState(tx, await beginAnew(tx, state))
  })
}

export async function beginAnew(tx: Queryable, state: State): Promise<State> {
  await tx.rows(sql`set local statement_timeout = 0`)
  await tx.rows(sql`truncate person_key`)
  await tx.rows(sql`delete from person_pair where verdict is null`)
  await tx.rows(sql`update person_pair set band = 's', weight = 0, sent = 0`)
  const [row] = await tx.rows<{ people: number }>(sql`select count(*)::integer as people from person`)
  const population = Math.max(trained.records, row?.people ?? 0)
  return { ...state, phase: 'keys', at: BEGINNING.rid, fingerprint, population }
}

export async function relinkStep(matching: Matching, tx: Queryable, state: State): Promise<Step> {
  const { phase, at } = state
  const rids = phase === 'keys' ? await patientsAfter(tx, at) : await peopleAfter(tx, at)
  const last = rids.at(-1)
  if (last === undefined) {
    const next = after[phase]
    if (phase === 'clusters') await recluster(matching, tx, { touched: new Set(), orphaned: await emptyGoldens(tx) })
    await writeState(tx, { ...state, phase: next, at: BEGINNING.rid })
    return 'more'
  }
  if (phase === 'keys') await observe(tx, rids, 'anew')
  else if (phase === 'pairs') await compareAnew(matching, tx, rids)
  else await recluster(matching, tx, { touched: new Set(rids) })
  await writeState(tx, { ...state, at: last })
  return 'more'
}

/** Patients there are, and records known of Patients that are no more. */
async function patientsAfter(tx: Queryable, at: bigint): Promise<bigint[]> {
  const rows = await tx.rows<{ rid: bigint }>(sql`
    select rid from (
      (select rid from resource where type = ${typeNumber('Patient')} and rid > ${at} order by rid limit ${BATCH})
      union
      (select rid from person where rid > ${at} order by rid limit ${BATCH})
    ) p order by rid limit ${BATCH}`)
  return rows.map(({ rid }) => rid)
}

async function peopleAfter(tx: Queryable, at: bigint): Promise<bigint[]> {
  const rows = await tx.rows<{ rid: bigint }>(sql`
    select rid from person where rid > ${at} order by rid limit ${BATCH}`)
  return rows.map(({ rid }) => rid)
}

/** Golden Patients without members, but for signposts. */
async function emptyGoldens(tx: Queryable): Promise<bigint[]> {
  const rows = await tx.rows<{ rid: bigint }>(sql`
    select g.rid from person_golden g
    where g.successor is null and not exists (select from person p where p.golden = g.rid)`)
  return rows.map(({ rid }) => rid)
}
