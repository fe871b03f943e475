import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { typeNumber } from '../fhir/types.ts'

/** A record that was opened in an emergency, or a look for people by a number (`patient` 0). */
export interface Broken {
  readonly id: string
  readonly staff: string
  readonly facility: bigint
  readonly patient: bigint
  readonly patientId?: string | undefined
  /** Ids of the people shown by a look. */
  readonly people: readonly string[]
  readonly reason: string
  readonly note: string
  readonly sensitive: boolean
  readonly since: number
  readonly until: number
}

/** One doctor's breaking at a time, until the transaction ends: what is counted stays counted. */
export async function lockBreaking(tx: Queryable, staff: string): Promise<void> {
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`break glass ${staff}`}, 0))`)
}

export async function keepBroken(tx: Queryable, broken: Broken): Promise<void> {
  const { id, staff, facility, patient, patientId = null, people, reason, note, sensitive, since, until } = broken
  await tx.rows(sql`
    insert into break_glass (id, staff, facility, patient, patient_id, people, reason, note, sensitive, since, until)
    values (${id}, ${staff}, ${facility}, ${patient}, ${patientId}, ${people}, ${reason}, ${note}, ${sensitive},
            ${since}::bigint, ${until}::bigint)`)
}

/** The reason of what opens nothing: a first reading through a link by demographics alone (operations/first-opening.ts). */
export const FIRST_OPENING = 'first-opening'

/** How often somebody opened a record, and looked for people, since a time. */
export async function countBroken(
  tx: Queryable,
  staff: string,
  since: number,
): Promise<{ opens: number; looks: number }> {
  const [row] = await tx.rows<{ opens: number; looks: number }>(sql`
    select count(*) filter (where patient <> 0)::int as opens, count(*) filter (where patient = 0)::int as looks
    from break_glass where staff = ${staff} and since > ${since}::bigint and reason <> ${FIRST_OPENING}`)
  return row ?? { opens: 0, looks: 0 }
}

/** What this doctor has open of a Patient already, at least as far. */
export async function openedAlready(
  tx: Queryable,
  {
    staff,
    facility,
    patient,
    sensitive,
    since,
  }: Pick<Broken, 'staff' | 'facility' | 'patient' | 'sensitive' | 'since'>,
): Promise<{ id: string; until: number } | undefined> {
  const [row] = await tx.rows<{ id: string; until: number }>(sql`
    select id, until::float8 as until from break_glass
    where patient = ${patient} and staff = ${staff} and facility = ${facility} and until > ${since}::bigint
      and (sensitive or not ${sensitive})
    order by until desc limit 1`)
  return row
}

export interface Queued extends Omit<Broken, 'facility' | 'patient'> {
  /** Id of the Organization, where it is still there. */
  readonly facilityId: string | null
}

const ORGANIZATION = typeNumber('Organization')

/** What nobody has looked at yet, the oldest first, with how many there are. */
export async function unreviewed(db: Queryable, most: number): Promise<{ total: number; queue: Queued[] }> {
  const rows = await db.rows<Queued & { total: number }>(sql`
    select b.id, b.staff, o.id as "facilityId", b.patient_id as "patientId", b.people, b.reason, b.note, b.sensitive,
           b.since::float8 as since, b.until::float8 as until, count(*) over ()::int as total
    from break_glass b left join resource o on o.type = ${ORGANIZATION} and o.rid = b.facility
    where b.reviewed is null order by b.since, b.id limit ${most}`)
  return { total: rows[0]?.total ?? 0, queue: rows }
}

export interface Verdict {
  readonly id: string
  readonly reviewer: string
  readonly justified: boolean
  readonly remark: string
  readonly now: number
}

/** Whether it was there, not reviewed yet, and another's. What was not justified is closed with it. */
export async function judge(tx: Queryable, { id, reviewer, justified, remark, now }: Verdict): Promise<boolean> {
  const rows = await tx.rows(sql`
    update break_glass set reviewer = ${reviewer}, verdict = ${justified ? 'j' : 'u'}, remark = ${remark},
      reviewed = ${now}::bigint, until = case when ${justified} then until else least(until, ${now}::bigint) end
    where id = ${id} and reviewed is null and staff <> ${reviewer} returning id`)
  return rows.length > 0
}
