import type { Queryable } from '../db/database.ts'
import { NO_PATIENT, rid, SEVERAL_PATIENTS } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { int2s, int8s } from './binary.ts'
import { gathered } from './gathered.ts'
import { caredFor } from './openings.ts'
import { same, STORED, type Named, type Stored } from './read.ts'
import type { Row } from './types.ts'

export interface Asking extends Named {
  /** `rid` of the facility's Organization. */
  readonly facility: bigint
}

export interface Cared {
  /** The current version, whoever may see it. */
  readonly row: Row | undefined
  /** Labels that an opening for care withholds, where another's row is in the record of somebody the facility has in care. */
  readonly withheld?: number
}

/**
 * A current version, and with it what mostly shows it where it is not the facility's own: so neither the reading of one's
 * own nor that of a patient in care takes a second journey to the database.
 */
export const readCared: (db: Queryable, asked: Asking) => Promise<Cared> = gathered(
  async (db, asked: readonly Asking[]) => {
    const [first] = asked
    const now = String(Date.now())
    const rows =
      first && asked.length === 1
        ? await db.prepared<Found>('read_cared', ONE, [
            now,
            typeNumber(first.type),
            rid(first.type, first.id),
            first.facility,
          ])
        : await db.prepared<Found>('read_cared_many', MANY, [now, ...columnsOf(asked)])
    const found = new Map(rows.map((row) => [row.place, row]))
    return asked.map((one, i) => caredIn(one, found.get(i + 1)))
  },
)

interface Found extends Stored {
  /** Among those asked for, from 1. */
  place: number
  withheld: number | null
}

function columnsOf(asked: readonly Asking[]): Buffer[] {
  return [
    int2s(asked.map(({ type }) => typeNumber(type))),
    int8s(asked.map(({ type, id }) => rid(type, id))),
    int8s(asked.map(({ facility }) => facility)),
  ]
}

function caredIn({ type, id }: Asking, found: Found | undefined): Cared {
  const row = same(found, type, id)
  return row && typeof found?.withheld === 'number' ? { row, withheld: found.withheld } : { row }
}

const statement = (place: string, facility: string, from: string) => `
  select ${place} as place, ${STORED},
    case when r.facility <> ${facility} and r.patient not in (${NO_PATIENT}, ${SEVERAL_PATIENTS})
      then ${caredFor(facility, '$1::bigint', 'r.patient', 'r.labels')} end as withheld
  from ${from}`

const ONE = statement('1', '$4::bigint', 'resource r where r.type = $2::smallint and r.rid = $3::bigint')

const MANY = statement(
  'k.place::integer',
  'k.facility',
  `unnest($2::smallint[], $3::bigint[], $4::bigint[]) with ordinality as k(type, rid, facility, place)
    join resource r on r.type = k.type and r.rid = k.rid`,
)
