import type { Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { phonesOf } from '../../patients/keys/phone.ts'
import { queueSms } from '../../people/sms.ts'
import { textOf } from '../../store/body.ts'
import { membersOf } from '../../store/people.ts'
import { readMany } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'

/** Every mobile that the person's records name, but no more than a family has. */
const MOST = 3

/**
 * The records of a person that a facility did not write itself, if there are others: else it could say whom to tell.
 */
export async function recordsOfOthers(tx: Queryable, patient: bigint, facility: bigint): Promise<Row[]> {
  const members = await membersOf(tx, patient)
  const rows = await readMany(
    tx,
    'all',
    members.map((rid) => ({ type: 'Patient', rid })),
  )
  const others = rows.filter((row) => row.facility !== facility && mobilesOf([row]).length > 0)
  return others.length > 0 ? others : rows
}

/**
 * Tells the person of these records that one was opened: neither by whom nor why, for it is a family's telephone. Of several
 * groups each has a say in who is told.
 */
export async function notify(
  tx: Queryable,
  groups: readonly (readonly Row[])[],
  { template, now }: { readonly template: 'break-glass' | 'first-opening' | 'first-login'; readonly now: number },
): Promise<void> {
  const told = new Set(groups.flatMap((rows) => mobilesOf(rows).slice(0, MOST)))
  for (const mobile of told) await queueSms(tx, { mobile, template, facts: factsAt(now), now })
}

export function mobilesOf(rows: readonly Row[]): string[] {
  const mobiles = new Set(
    rows.flatMap((row) => {
      if (row.body === null) return []
      const { telecom } = JSON.parse(textOf({ ...row, body: row.body })) as Patient
      return phonesOf(telecom).filter((one) => /^[6-9]\d{9}$/.test(one))
    }),
  )
  return [...mobiles].sort()
}

/** `23-11-2026` and `14:05` in Asia/Kolkata. */
function factsAt(now: number): { date: string; time: string } {
  const local = new Date(now + 5.5 * 3_600_000).toISOString()
  const [year, month, day] = local.slice(0, 10).split('-')
  return { date: `${day}-${month}-${year}`, time: local.slice(11, 16) }
}
