import { isEverything, type Criterion, type Plan, type SortKey } from '../../fhir/query/plan.ts'
import type { Database } from '../../db/database.ts'
import type { Entries } from '../../fhir/search/entries.ts'
import { sortValues } from '../../fhir/search/values.ts'
import { inSql, valueFrom, valueOfEntries, type Value, type Version } from '../../store/search/keys.ts'
import { countSome } from '../../store/search/count.ts'
import { COUNTED, countedPage, pageByKey } from '../../store/search/page.ts'
import { pageBySort, type Behind, type ValuesOf } from '../../store/search/sorted.ts'
import type { Sight } from '../../store/sight.ts'
import type { Row } from '../../store/types.ts'
import type { House } from '../house.ts'
import type { PageToken } from './page-token.ts'

export interface Page {
  readonly rows: readonly Row[]
  /** Where the next page goes on, when there is one. */
  readonly next?: Pick<PageToken, 'after' | 'keys' | 'snapshot'>
  /** How many matches there are in all, when reading the page told. */
  readonly n?: number
}

export function readPage(house: House, sight: Sight, plan: Plan, token: PageToken | undefined): Promise<Page> {
  return plan.sort.length === 0 ? readByKey(house, sight, plan, token) : readSorted(house, sight, plan, token)
}

async function readByKey({ db }: House, sight: Sight, plan: Plan, token: PageToken | undefined): Promise<Page> {
  const { rows, n } = await rowsByKey(db, sight, plan, token)
  const shown = rows.slice(0, plan.count)
  const last = shown.at(-1)
  const more = rows.length > shown.length && last
  return { rows: shown, ...(more && { next: { after: String(last.rid) } }), ...(n !== undefined && { n }) }
}

/** One row more than the page holds, and on the first page, when it is cheap, how many there are in all. */
async function rowsByKey(
  db: Database,
  sight: Sight,
  plan: Plan,
  token: PageToken | undefined,
): Promise<{ rows: readonly Row[]; n?: number | undefined }> {
  const limit = plan.count + 1
  const page = () => pageByKey(db, sight, plan, token && BigInt(token.after), limit)
  if (token || !isCountable(plan)) return { rows: await page() }
  if (!isEverything(plan)) return (await countedPage(db, sight, plan, limit)) ?? { rows: await page() }
  const [rows, n] = await Promise.all([page(), countSome(db, sight, plan)])
  return { rows, n }
}

/** Links between many resources are looked up match by match: counting them would cost more than the page. */
function isCountable({ where, total }: Plan): boolean {
  const chained = (one: Criterion): boolean => {
    if (one.kind === 'all' || one.kind === 'any') return one.of.some(chained)
    return one.kind === 'refersTo' || one.kind === 'referredBy' || (one.kind === 'not' && chained(one.of))
  }
  return total !== 'none' && !chained(where)
}

async function readSorted(house: House, sight: Sight, plan: Plan, token: PageToken | undefined): Promise<Page> {
  const behind = token && behindOf(plan, token)
  const uncounted = !token && plan.total !== 'none' && (isEverything(plan) || !plan.sort.every(inSql))
  const [{ placed, snapshot, n: sorted }, total] = await Promise.all([
    pageBySort(house.db, sight, plan, behind, plan.count + 1, valuesOf(house, plan.sort)),
    uncounted ? countSome(house.db, sight, plan) : undefined,
  ])
  const n = sorted ?? total
  const shown = placed.slice(0, plan.count)
  const rows = shown.map(({ row }) => row)
  const last = shown.at(-1)
  const counted = n === undefined ? {} : { n }
  if (placed.length <= shown.length || !last) return { rows, ...counted }
  return { rows, next: { after: String(last.row.rid), keys: last.values.map(written), snapshot }, ...counted }
}

/** That there were too many to count along with the first page is not tried again. */
function behindOf({ sort, total: wanted }: Plan, { after, keys = [], snapshot = '', total }: PageToken): Behind {
  const many = total ? !total.estimated && total.n > COUNTED : wanted === 'default'
  return { rid: BigInt(after), values: sort.map((key, i) => valueFrom(key, keys[i] ?? null)), snapshot, many }
}

function written(value: Value): string | null {
  return value === null ? null : String(value)
}

/** Values that the tables hold come out of the entries, as they were stored; the others out of the resource. */
function valuesOf(house: House, sort: readonly SortKey[]): ValuesOf {
  return (version) => {
    const entries = sort.some((key) => typeof key.by !== 'string' && inSql(key))
      ? house.extract(version.resource)
      : undefined
    return sort.map((key) => valueOf(key, version, entries))
  }
}

function valueOf(key: SortKey, version: Version, entries: Entries | undefined): Value {
  if (typeof key.by === 'string' || (entries && inSql(key))) return valueOfEntries(key, version, entries)
  const values = sortValues(version.resource, key.by)
  return (key.descending ? values?.max : values?.min) ?? null
}
