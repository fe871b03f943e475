import type { Queryable } from '../db/database.ts'
import { sql } from '../db/sql.ts'

/** Resources of a facility on a day that were judged by a profile, and those of them without a finding. */
export interface JudgedCount {
  readonly day: string
  readonly facility: string
  readonly profile: string
  judged: number
  clean: number
}

/** How often a profile was broken at a place, in a way. */
export interface FindingCount {
  readonly day: string
  readonly facility: string
  readonly profile: string
  readonly path: string
  readonly rule: string
  readonly message: string
  readonly hint: string
  count: number
}

/** Adds to the counts of the days, in two statements, whatever their number; sorted, so that processes never wait in a circle. */
export async function addCounts(
  db: Queryable,
  judged: readonly JudgedCount[],
  found: readonly FindingCount[],
): Promise<void> {
  await addJudged(db, judged)
  if (found.length > 0) await addFound(db, found)
}

async function addJudged(db: Queryable, rows: readonly JudgedCount[]): Promise<void> {
  await db.rows(sql`
    insert into conformance_day (day, facility, profile, judged, clean)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(day date, facility text, profile text, judged bigint, clean bigint)
    order by day, facility, profile
    on conflict (day, facility, profile)
    do update set judged = conformance_day.judged + excluded.judged, clean = conformance_day.clean + excluded.clean`)
}

async function addFound(db: Queryable, rows: readonly FindingCount[]): Promise<void> {
  await db.rows(sql`
    insert into conformance_finding (day, facility, profile, path, rule, message, hint, count)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(day date, facility text, profile text, path text, rule text, message text, hint text, count bigint)
    order by day, facility, profile, path, rule
    on conflict (day, facility, profile, path, rule)
    do update set count = conformance_finding.count + excluded.count, message = excluded.message, hint = excluded.hint`)
}

/** Which counts are asked for; a facility by any of the names its resources may give it. */
export interface Asked {
  readonly facilities?: readonly string[] | undefined
  readonly from: string
  readonly to: string
  readonly top: number
}

export async function scoresOf(db: Queryable, { facilities, from, to }: Asked): Promise<JudgedCount[]> {
  return db.rows<JudgedCount>(sql`
    select day::text, facility, profile, judged::float8 as judged, clean::float8 as clean
    from conformance_day
    where day between ${from}::date and ${to}::date and (${facilities === undefined}::boolean or facility = any(${facilities ?? []}::text[]))
    order by facility, profile, day`)
}

/** The most frequent findings of each facility. */
export async function topFindings(
  db: Queryable,
  { facilities, from, to, top }: Asked,
): Promise<Omit<FindingCount, 'day'>[]> {
  return db.rows<Omit<FindingCount, 'day'>>(sql`
    select facility, profile, path, rule, message, hint, count::float8 as count from (
      select facility, profile, path, rule, max(message) as message, max(hint) as hint, sum(count) as count,
        row_number() over (partition by facility order by sum(count) desc, profile, path, rule) as place
      from conformance_finding
      where day between ${from}::date and ${to}::date and (${facilities === undefined}::boolean or facility = any(${facilities ?? []}::text[]))
      group by facility, profile, path, rule
    ) f
    where place <= ${top}
    order by facility, count desc, profile, path, rule`)
}
