import type { Queryable } from '../../db/database.ts'
import { sql } from '../../db/sql.ts'
import { BEGINNING, type Cursor } from '../../store/changes.ts'
import { fingerprint, trained } from '../in-force.ts'
import { forPopulation, type Weights } from '../score/weights.ts'

/** `follow`, or where a re-run over everything stands (relink.ts). */
export type Phase = 'follow' | 'keys' | 'pairs' | 'clusters'

export interface State {
  readonly cursor: Cursor
  readonly phase: Phase
  /** Of a re-run: the last row done. */
  readonly at: bigint
  /** Weights and code the derived rows come from. */
  readonly fingerprint: string
  /** How many records a stranger may be among. Fixed until everything is linked anew: links must not depend on arrival. */
  readonly population: number
}

interface Kept {
  readonly phase: Phase
  readonly at: string
  readonly fingerprint: string
  readonly population: number
}

const NAME = 'patients'

/** Holds the follower's row until the transaction ends: one at a time follows, links, decides. Undefined: another does. */
export async function holdState(tx: Queryable, wait: 'wait' | 'skip'): Promise<State | undefined> {
  const read = () =>
    wait === 'wait'
      ? tx.rows<Row>(sql`select tx::text, rid, state from follower where name = ${NAME} for update`)
      : tx.rows<Row>(sql`select tx::text, rid, state from follower where name = ${NAME} for update skip locked`)
  const [row] = await read()
  if (row) return stateOf(row)
  const kept: Kept = { phase: 'follow', at: BEGINNING.rid.toString(), fingerprint, population: trained.records }
  await tx.rows(sql`
    insert into follower (name, tx, rid, state)
    values (${NAME}, ${BEGINNING.tx}::xid8, ${BEGINNING.rid}, ${JSON.stringify(kept)}::jsonb) on conflict (name) do nothing`)
  const [made] = await read()
  return made && stateOf(made)
}

export async function writeState(tx: Queryable, { cursor, at, ...others }: State): Promise<void> {
  const kept: Kept = { ...others, at: at.toString() }
  await tx.rows(sql`
    update follower set tx = ${cursor.tx}::xid8, rid = ${cursor.rid}, state = ${JSON.stringify(kept)}::jsonb
    where name = ${NAME}`)
}

export async function readState(db: Queryable): Promise<State | undefined> {
  const [row] = await db.rows<Row>(sql`select tx::text, rid, state from follower where name = ${NAME}`)
  return row && stateOf(row)
}

export function weightsFor(state: State | undefined): Weights {
  return forPopulation(trained, state?.population ?? trained.records)
}

interface Row {
  readonly tx: string
  readonly rid: bigint
  readonly state: Kept
}

function stateOf({ tx, rid, state: { at, ...others } }: Row): State {
  return { cursor: { tx, rid }, at: BigInt(at), ...others }
}
