import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { enqueue } from '../jobs/queue.ts'
import type { ExtraCode } from './catalog.ts'
import type { Intake } from './intake.ts'
import { accepts } from './mappings.ts'
import { replayOf } from './replay-job.ts'

/** A code without a counterpart, and how many records wait for one. */
export interface UnmappedCode {
  readonly list: string
  readonly code: string
  readonly text: string | null
  readonly seen: number
  readonly waiting: number
  readonly since: Date
  readonly last: Date
}

/** The work-list of a facility, most frequent first. */
export async function unmappedCodes({ house }: Intake, facility: string, limit = 200): Promise<UnmappedCode[]> {
  return house.db.rows<UnmappedCode>(sql`
    select c.list, c.code, c.text, c.seen::float8 as seen, c.since, c.last,
           (select count(*)::integer from unmapped_record r
            where r.facility = c.facility and r.list = c.list and r.code = c.code) as waiting
    from unmapped_code c where c.facility = ${facility} order by c.seen desc, c.list, c.code limit ${limit}`)
}

export async function mappedCodes({ house }: Intake, facility: string): Promise<(ExtraCode & { mapped: Date })[]> {
  return house.db.rows(sql`
    select list, code, target, mapped from code_mapping where facility = ${facility} order by list, code`)
}

/** Maps a code and has what waits for it processed again, in bounded jobs. Answers how many records that are. */
export async function mapCode(intake: Intake, facility: string, { list, code, target }: ExtraCode): Promise<number> {
  for (const [name, value] of Object.entries({ list, code, target })) {
    if (typeof value !== 'string' || value === '' || value.length > 500)
      throw new FhirError('invalid', [{ message: `\`${name}\` is not a text of 1 to 500 characters`, path: name }])
  }
  await accepts(intake, facility, { list, code, target })
  const many = await intake.house.db.transaction(async (tx) => {
    await tx.rows(sql`
      insert into code_mapping (facility, list, code, target, mapped) values (${facility}, ${list}, ${code}, ${target}, now())
      on conflict (facility, list, code) do update set target = excluded.target, mapped = excluded.mapped`)
    await tx.rows(sql`delete from unmapped_code where facility = ${facility} and list = ${list} and code = ${code}`)
    const waiting = await tx.rows<{ message: string; number: number }>(sql`
      delete from unmapped_record where facility = ${facility} and list = ${list} and code = ${code}
      returning message, number`)
    for (let at = 0; at < waiting.length; at += PER_JOB)
      await enqueue(tx, replayOf(facility, waiting.slice(at, at + PER_JOB), 'a code was mapped'))
    return waiting.length
  })
  intake.wake()
  return many
}

const PER_JOB = 10_000
