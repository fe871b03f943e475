import type { ResourceType } from '@medplum/fhirtypes'
import type { Queryable } from '../db/database.ts'
import { join, raw, sql, type Sql } from '../db/sql.ts'
import { resourceTypes, typeNumber } from '../fhir/types.ts'
import { rowOf, STORED, type Stored } from './read.ts'
import { Where } from './search/where.ts'
import { pastSeen } from './seen.ts'
import type { Sight } from './sight.ts'
import type { Row } from './types.ts'

/** Whose history: of one resource, of a type, or of everything. */
export type Scope = { readonly rid: bigint; readonly type: ResourceType } | { readonly type: ResourceType } | 'system'

export interface HistoryQuery {
  readonly scope: Scope
  /** Only versions made at or after, milliseconds. */
  readonly since?: number | undefined
  /** Only versions that were current at some time in this range, milliseconds, inclusive. */
  readonly at?: { readonly low: number; readonly high: number } | undefined
  /** Versions behind this one in the order: newest first. */
  readonly after?: HistoryMark | undefined
  readonly limit: number
}

/** A place in the order: nothing that is written later ever comes behind it. */
export interface HistoryMark {
  readonly updated: number
  readonly rid: bigint
  readonly version: number
}

const ORDER = raw('order by r.updated desc, r.rid desc, r.version desc')

/** Current and past versions and tombstones, newest first. */
export async function readHistory(db: Queryable, sight: Sight, query: HistoryQuery): Promise<Row[]> {
  const limit = sql`limit ${query.limit}`
  const rows = await db.rows<Stored>(
    query.scope === 'system'
      ? sql`
        select r.* from unnest(${typesShown(sight)}::smallint[]) as t(type)
        cross join lateral (${versions(sight, query, sql`r.type = t.type`)}) r ${ORDER} ${limit}`
      : sql`select r.* from (${versions(sight, query, within(query.scope))}) r ${ORDER} ${limit}`,
  )
  return rows.map(rowOf)
}

/** How many versions of one resource are seen. */
export async function countHistory(db: Queryable, sight: Sight, type: ResourceType, rid: bigint): Promise<number> {
  const r = raw('r')
  const [row] = await db.rows<{ n: number }>(sql`
    select (select count(*) from resource r where r.type = ${typeNumber(type)} and r.rid = ${rid} and ${new Where(sight).visible(r)})::integer
         + (select count(*) from history r where r.rid = ${rid} and ${pastSeen(sight, r)})::integer as n`)
  return row?.n ?? 0
}

/** The numbers of the types that a sight may show anything of. */
function typesShown(sight: Sight): number[] {
  const all = resourceTypes.map(typeNumber)
  if (sight === 'all' || sight.some(({ types }) => types === undefined)) return all
  return [...new Set(sight.flatMap(({ types = [] }) => types))]
}

/** Of both tables as many as the page may need, so that each is read by its index and no further. */
function versions(sight: Sight, query: HistoryQuery, scope: Sql): Sql {
  const r = raw('r')
  const one = (table: Sql, seen: Sql) => sql`
    (select ${raw(STORED)} from ${table} r where ${join([scope, ...conditions(query), seen], ' and ')} ${ORDER} limit ${query.limit})`
  const [current, past] = [new Where(sight).visible(r), pastSeen(sight, r)]
  return sql`${one(raw('resource'), current)} union all ${one(raw('history'), past)}`
}

function within(scope: Exclude<Scope, 'system'>): Sql {
  const type = sql`r.type = ${typeNumber(scope.type)}`
  return 'rid' in scope ? sql`r.rid = ${scope.rid} and ${type}` : type
}

function conditions({ since, at, after }: HistoryQuery): Sql[] {
  return [
    ...(since === undefined ? [] : [sql`r.updated >= ${since}::bigint`]),
    ...(at === undefined ? [] : [sql`r.updated <= ${at.high}::bigint and not ${supersededBy(at.low)}`]),
    ...(after === undefined
      ? []
      : [
          sql`(r.updated, r.rid, r.version) < (${after.updated}::bigint, ${after.rid}::bigint, ${after.version}::integer)`,
        ]),
  ]
}

/** The next version was there already at that time: this one had ceased to be current. */
function supersededBy(time: number): Sql {
  const next = (table: string) =>
    sql`exists (select from ${raw(table)} n where n.rid = r.rid and n.type = r.type and n.version = r.version + 1 and n.updated <= ${time}::bigint)`
  return sql`(${next('resource')} or ${next('history')})`
}
