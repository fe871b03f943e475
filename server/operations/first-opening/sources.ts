import type { Patient } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { isGolden } from '../../patients/golden.ts'
import { textOf } from '../../store/body.ts'
import { readMany } from '../../store/read.ts'
import type { Row } from '../../store/types.ts'

/** Records of a person as facilities sent them: golden Patients say nothing of their own. */
export async function sourcesOf(tx: Queryable, members: readonly bigint[]): Promise<Row[]> {
  const rows = await readMany(
    tx,
    'all',
    members.map((key) => ({ type: 'Patient', rid: key })),
  )
  return rows.filter((row) => !isGolden(patientIn(row)))
}

function patientIn(row: Row): Patient {
  return JSON.parse(textOf({ ...row, body: row.body ?? '' })) as Patient
}
