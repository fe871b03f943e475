import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { lowestId } from './ids.ts'
import type { Intake } from './intake.ts'

/** What a facility has waiting and sent lately is looked up this often at most: a stream of small messages asks once a second. */
const FRESH = 1000

interface Use {
  readonly at: number
  readonly waiting: number
  readonly bytes: number
}

const uses = new WeakMap<Intake, Map<string, Use>>()

/** 429 when the facility has more waiting, or has sent more in 24 hours, than it may. */
export async function checkQuota(intake: Intake, facility: string): Promise<void> {
  const known = uses.get(intake) ?? new Map<string, Use>()
  uses.set(intake, known)
  let use = known.get(facility)
  if (!use || Date.now() - use.at > FRESH) known.set(facility, (use = await useOf(intake, facility)))
  if (use.waiting >= intake.limits.waiting)
    throw new FhirError('too-many-requests', `The facility has ${use.waiting} messages waiting to be processed.`)
  if (use.bytes >= intake.limits.dayBytes)
    throw new FhirError('too-many-requests', 'The facility has sent as much as it may within 24 hours.')
}

async function useOf({ house }: Intake, facility: string): Promise<Use> {
  const [row] = await house.db.rows<{ waiting: number; bytes: number }>(sql`
    select (select count(*)::integer from job where lane = ${facility} and kind = 'message' and not dead) as waiting,
           (select coalesce(sum(size), 0)::float8 from message
            where facility = ${facility} and id >= (${lowerBound()})::uuid) as bytes`)
  return { at: Date.now(), waiting: row?.waiting ?? 0, bytes: row?.bytes ?? 0 }
}

function lowerBound(): string {
  return lowestId(Date.now() - 86_400_000)
}
