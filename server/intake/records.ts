import type { Issue } from '../../mappers/issues.ts'
import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { stateOf, states, type State } from './outcomes.ts'

/** What became of a record, as it is shown: no value of it, but where it stands and how it can be mended. */
export interface RecordOutcome {
  readonly message: string
  readonly number: number
  /** Several in a row with the same outcome. */
  readonly through: number
  readonly line: number
  readonly state: State
  readonly mapping: number
  readonly issues: readonly Issue[]
}

interface Row {
  message: string
  number: number
  through: number
  line: number
  state: string
  mapping: number
  issues: Issue[] | null
}

export interface RecordListing {
  readonly state?: State
  /** Behind this number. */
  readonly after?: number
  readonly limit: number
}

export async function recordsOf(db: Queryable, message: string, listing: RecordListing): Promise<RecordOutcome[]> {
  const { state, after = 0, limit } = listing
  const rows = await db.rows<Row>(sql`
    select message, number, through, line, state, mapping, issues from record
    where message = ${message} and number > ${after} ${state === undefined ? sql`` : sql`and state = ${states[state]}`}
    order by number limit ${limit}`)
  return rows.map(shown)
}

/** What of a facility's was refused or waits, newest first. */
export async function openRecords(
  db: Queryable,
  facility: string,
  states_: readonly State[],
  limit: number,
): Promise<RecordOutcome[]> {
  const letters = states_.map((state) => states[state])
  const rows = await db.rows<Row>(sql`
    select r.message, r.number, r.through, r.line, r.state, r.mapping, r.issues
    from message m join record r on r.message = m.id
    where m.facility = ${facility} and m.counts ?| ${states_}::text[] and r.state = any (${letters}::"char"[])
    order by m.id desc, r.number limit ${limit}`)
  return rows.map(shown)
}

function shown({ state, issues, ...row }: Row): RecordOutcome {
  return { ...row, state: stateOf(state), issues: issues ?? [] }
}
