import type { ContactPoint, Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { readMany } from '../../store/read.ts'
import { textOf } from '../../store/body.ts'
import { sql } from '../../db/sql.ts'
import { phone } from '../keys/phone.ts'
import { goldensOf } from './goldens.ts'

/** Somebody whose mobile it is: the golden Patient where records are linked, else the only record; and one record. */
export interface OnMobile {
  readonly id: string
  readonly patient: Patient
}

/** More records than a family can have: looked at, so that it is seen that they are too many. */
const LOOKED_AT = 300

/**
 * Everybody whose own telephone this mobile (ten digits) is at present, one for each person, by id. Not those it was once
 * of, nor those who only name it for a relative, nor records that are no longer in use.
 */
export async function peopleOnMobile(db: Queryable, mobile: string, today: string): Promise<OnMobile[]> {
  const found = await db.rows<{ rid: bigint }>(
    sql`select rid from person_term where term = ${`p ${mobile}`} order by rid limit ${LOOKED_AT}`,
  )
  const rows = await readMany(
    db,
    'all',
    found.map(({ rid }) => ({ type: 'Patient' as const, rid })),
  )
  const records = rows.flatMap((row) => {
    if (row.body === null) return []
    const patient = JSON.parse(textOf({ ...row, body: row.body })) as Patient
    const own = (patient.telecom ?? []).some((one) => isOwn(one, mobile, today))
    return own && patient.active !== false ? [{ rid: row.rid, id: row.id, patient }] : []
  })
  const goldens = await goldensOf(
    db,
    records.map(({ rid }) => rid),
  )
  const people = new Map(records.map(({ rid, id, patient }) => [goldens.get(rid) ?? id, patient]))
  return [...people].map(([id, patient]) => ({ id, patient })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

function isOwn({ system, value, use, period }: ContactPoint, mobile: string, today: string): boolean {
  if (use === 'old' || use === 'work' || phone(value ?? '') !== mobile) return false
  if (system !== undefined && system !== 'phone' && system !== 'sms') return false
  const { start, end } = period ?? {}
  // A period may end with a year or a month: all of it counts.
  return (
    (start === undefined || start.slice(0, 10) <= today) &&
    (end === undefined || end.slice(0, 10) >= today.slice(0, end.length))
  )
}
