import type { Resource } from '@medplum/fhirtypes'
import type { Queryable } from '../../db/database.ts'
import { join, raw, sql, type Sql } from '../../db/sql.ts'
import { isEverything, type Plan, type SortKey } from '../../fhir/query/plan.ts'
import { textOf } from '../body.ts'
import { rowOf, type Stored } from '../read.ts'
import type { Sight } from '../sight.ts'
import type { Row } from '../types.ts'
import { stored } from './columns.ts'
import { inSql, valueFrom, valueInSql, type Value, type Version } from './keys.ts'
import { matchOf } from './match.ts'
import { comesAfter, First, type Place, type Placed } from './order.ts'
import { COUNTED } from './page.ts'
import { walkBySort } from './walk.ts'

/** A page link: behind which match it goes on, and the snapshot (pg_current_snapshot) of the first page. */
export interface Behind extends Place {
  readonly snapshot: string
  /** More than COUNTED matches are known to be there. */
  readonly many: boolean
}

export interface SortedPage {
  readonly placed: readonly Placed[]
  readonly snapshot: string
  /** How many matches there are in all, when it was seen on the way. */
  readonly n?: number
}

/** The sort values of a version, in the order of the plan's sort keys. */
export type ValuesOf = (version: Version) => readonly Value[]

/**
 * A page of a sorted list. The order is that of the moment of the first page: what was changed since stands where the
 * version of that moment stood, what was created since is left out. So nothing moves over the border between two
 * pages, and nothing is lost or repeated (decision 10).
 */
export async function pageBySort(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  behind: Behind | undefined,
  limit: number,
  valuesOf: ValuesOf,
): Promise<SortedPage> {
  const first = new First(plan.sort, limit)
  if (!plan.sort.every(inSql))
    return { placed: first.rows, snapshot: await readAll(db, sight, plan, behind, first, valuesOf) }
  // The unchanged first: a row changed between the two statements is then in both, and counted once.
  const { rows, n } = await readUnchanged(db, sight, plan, behind, limit)
  for (const row of rows)
    first.add({ row: rowOf(row), values: plan.sort.map((key, i) => valueFrom(key, row.values[i] ?? null)) })
  if (behind) await readChanged(db, sight, plan, behind, first, valuesOf)
  const snapshot = behind?.snapshot ?? rows[0]?.snapshot ?? ''
  return { placed: first.rows, snapshot, ...(n !== undefined && !behind && { n }) }
}

type Keyed = Stored & { values: Value[]; snapshot: string }

/**
 * Few matches are sorted; of many, those of a page are read along an index when there is one. That there are many is
 * only known when more than COUNTED have come.
 */
async function readUnchanged(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  behind: Behind | undefined,
  limit: number,
): Promise<{ readonly rows: readonly Keyed[]; readonly n?: number }> {
  if (!behind?.many && !isEverything(plan)) {
    const rows = await readSorted<Keyed & { n: number }>(db, sight, plan, behind, limit, COUNTED + 1)
    const n = rows[0]?.n ?? (behind ? Infinity : 0)
    if (n <= COUNTED) return { rows, n }
  }
  const walk = walkBySort(sight, plan, behind, (r) => unchanged(r, behind), limit)
  if (walk) {
    const rows = await db.rows<Keyed>(sql`
      select w.*, json_build_array(w.k0) as values, pg_current_snapshot()::text as snapshot from (${walk}) w`)
    if (rows.length === limit) return { rows }
  }
  return { rows: await readSorted<Keyed>(db, sight, plan, behind, limit) }
}

/** `n` is how many matches were sorted, at most `most`. */
function readSorted<T extends Keyed>(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  behind: Behind | undefined,
  limit: number,
  most?: number,
): Promise<T[]> {
  const { r, from, where } = matchOf(sight, plan)
  const keys = plan.sort.map((key, i) => sql`${valueInSql(key, r)} as ${column(i)}`)
  const cut = most === undefined ? sql`offset 0` : sql`limit ${most}`
  const counted = most === undefined ? sql`` : sql`, (count(*) over ())::integer as n`
  const rest = behind ? sql`where ${comesAfterInSql(plan.sort, behind)}` : sql``
  const values = join(
    plan.sort.map((_, i) => sql`m.${column(i)}`),
    ', ',
  )
  return db.rows<T>(sql`
    select m.*, json_build_array(${values}) as values, pg_current_snapshot()::text as snapshot
    from (select k.*${counted} from (
      select ${stored(r)}, ${join(keys, ', ')} from ${from} where ${where}${unchanged(r, behind)} ${cut}) k) m
    ${rest} order by ${orderBy(plan.sort)} limit ${limit}`)
}

function unchanged(r: Sql, behind: Behind | undefined): Sql {
  return behind ? sql` and pg_visible_in_snapshot(${r}.tx, ${behind.snapshot}::pg_snapshot)` : sql``
}

interface Past {
  then_updated: number
  then_version: number
  then_body: string | null
}

/** What was changed since the first page, with the version that was current then. */
async function readChanged(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  behind: Behind,
  first: First,
  valuesOf: ValuesOf,
): Promise<void> {
  const { r, from, where } = matchOf(sight, plan)
  const changed = db.stream<Stored & Past>(
    sql`select ${stored(r)}, ${past} from ${from} join lateral ${versionThen(r, behind.snapshot)} h on true
      where ${where} and ${isChanged(r, behind.snapshot)}`,
    200,
  )
  for await (const rows of changed) for (const row of rows) consider(row, behind, first, valuesOf)
}

/** Sort keys that no table holds: every match is read, and only the first ones are kept. */
async function readAll(
  db: Queryable,
  sight: Sight,
  plan: Plan,
  behind: Behind | undefined,
  first: First,
  valuesOf: ValuesOf,
): Promise<string> {
  const { r, from, where } = matchOf(sight, plan)
  const columns = sql`${stored(r)}, pg_current_snapshot()::text as snapshot`
  const statement = behind
    ? sql`select ${columns}, ${past}, ${isChanged(r, behind.snapshot)} as changed
        from ${from} left join lateral ${versionThen(r, behind.snapshot)} h on ${isChanged(r, behind.snapshot)} where ${where}`
    : sql`select ${columns}, false as changed from ${from} where ${where}`
  let snapshot = behind?.snapshot
  for await (const rows of db.stream<Stored & Past & { changed: boolean; snapshot: string }>(statement, 200)) {
    for (const row of rows) {
      snapshot ??= row.snapshot
      if (row.changed) consider(row, behind, first, valuesOf)
      else place(rowOf(row), versionOf(rowOf(row)), behind, first, valuesOf)
    }
  }
  return snapshot ?? ''
}

function consider(row: Stored & Past, behind: Behind | undefined, first: First, valuesOf: ValuesOf): void {
  if (row.then_body === null) return
  const then = rowOf({ ...row, updated: row.then_updated, version: row.then_version, body: row.then_body })
  place(rowOf(row), versionOf(then), behind, first, valuesOf)
}

function place(row: Row, version: Version, behind: Behind | undefined, first: First, valuesOf: ValuesOf): void {
  const placed = { row, values: valuesOf(version) }
  if (!behind || comesAfter(first.sort, placed, behind)) first.add(placed)
}

function versionOf(row: Row): Version {
  const resource = JSON.parse(textOf({ ...row, body: row.body ?? '}}' })) as Resource
  return { id: row.id, updated: row.updated, resource }
}

const past = sql`h.updated::float8 as then_updated, h.version as then_version, h.body as then_body`

function versionThen(r: Sql, snapshot: string): Sql {
  return sql`(select h.updated, h.version, h.body from history h
    where h.rid = ${r}.rid and pg_visible_in_snapshot(h.tx, ${snapshot}::pg_snapshot) order by h.version desc limit 1)`
}

/** The first condition is for the index on tx. */
function isChanged(r: Sql, snapshot: string): Sql {
  return sql`(${r}.tx >= pg_snapshot_xmin(${snapshot}::pg_snapshot) and not pg_visible_in_snapshot(${r}.tx, ${snapshot}::pg_snapshot))`
}

function column(i: number): Sql {
  return raw(`k${i}`)
}

function orderBy(sort: readonly SortKey[]): Sql {
  const keys = sort.map(({ descending }, i) => sql`m.${column(i)} ${raw(descending ? 'desc' : 'asc')} nulls last`)
  return join([...keys, sql`m.rid`], ', ')
}

/** The keyset condition, the SQL twin of `comesAfter`: equal in the first keys, behind in the next; nulls are last. */
function comesAfterInSql(sort: readonly SortKey[], { values, rid }: Place): Sql {
  const alternatives: Sql[] = []
  const equal: Sql[] = []
  sort.forEach(({ descending }, i) => {
    const key = sql`m.${column(i)}`
    const value = values[i] ?? null
    if (value !== null) {
      const further = sql`(${key} ${raw(descending ? '<' : '>')} ${value} or ${key} is null)`
      alternatives.push(join([...equal, further], ' and '))
    }
    equal.push(value === null ? sql`${key} is null` : sql`${key} = ${value}`)
  })
  alternatives.push(join([...equal, sql`m.rid > ${rid}`], ' and '))
  return sql`(${join(
    alternatives.map((one) => sql`(${one})`),
    ' or ',
  )})`
}
