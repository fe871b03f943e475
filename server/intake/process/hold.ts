import type { Issue } from '../../../mappers/issues.ts'
import { sql } from '../../db/sql.ts'
import { finish, hold } from '../../jobs/queue.ts'
import type { Intake } from '../intake.ts'
import { insertOutcomes, type Outcome } from './commit.ts'
import type { Looked } from './first-pass.ts'
import type { Run } from './item.ts'

/** Nothing of the message is written: its refused rows keep their findings, and it waits to be mended or released. */
export async function holdBack(intake: Intake, run: Run, looked: Looked, stop: Issue): Promise<void> {
  const { message, job, version } = run
  const issues = [...run.issues(), stop]
  const counts = looked.total > 0 ? { held: looked.total } : {}
  await intake.house.db.transaction(async (tx) => {
    await hold(tx, [job])
    await tx.rows(sql`delete from record where message = ${message.id}`)
    await insertOutcomes(tx, heldRows(run, looked))
    await tx.rows(sql`
      update message
      set state = 'held', total = ${looked.total}, counts = ${JSON.stringify(counts)}::jsonb,
          issues = ${JSON.stringify(issues)}::jsonb, mapping = ${version}
      where id = ${message.id}`)
    await finish(tx, [job])
  })
  intake.outcomes.count(message.facility, 'held', looked.total)
}

/** The refused rows one by one, and runs of the rows between them. */
function heldRows({ message, version }: Run, { total, refused }: Looked): Outcome[] {
  const rows: Outcome[] = []
  let next = 1
  const row = (number: number, through: number, line: number, issues: readonly Issue[] | null): Outcome => {
    return { message: message.id, number, through, line, mapping: version, state: 'h', key: null, issues, made: [] }
  }
  for (const { number, line, issues } of refused) {
    if (number > next) rows.push(row(next, number - 1, 0, null))
    rows.push(row(number, number, line, issues))
    next = number + 1
  }
  if (next <= total) rows.push(row(next, total, 0, null))
  return rows
}
