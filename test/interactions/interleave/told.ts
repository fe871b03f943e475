import type { Database } from '../../../server/db/database.ts'
import { sql } from '../../../server/db/sql.ts'
import { parseJson } from '../../../server/fhir/json.ts'
import { compartmentToken } from '../../../server/fhir/keys.ts'
import type { House } from '../../../server/interactions/house.ts'
import { STORED, rowOf, type Stored } from '../../../server/store/read.ts'
import { raw } from '../../../server/db/sql.ts'
import { textOf } from '../../../server/store/body.ts'
import type { Row } from '../../../server/store/types.ts'
import { BASE, type Answer } from '../house.ts'
import type { Resource } from '@medplum/fhirtypes'

/** What an answer says, one text for each entry of a bundle; times left out, and of a refusal its kind alone. */
export function told({ status, headers, json }: Answer, line: string): string[] {
  if (status >= 400) return [`${status} ${json?.issue?.[0]?.code ?? ''}`]
  if (line === 'POST ') return (json.entry as BundleEntry[]).map(ofEntry)
  const reads = line.startsWith('GET')
  return [ofEntry({ response: { status: String(status), ...headers }, ...(reads && { resource: json }) })]
}

interface BundleEntry {
  readonly response: { status: string; location?: string; etag?: string; outcome?: { issue: { code: string }[] } }
  readonly resource?: unknown
}

function ofEntry({ response, resource }: BundleEntry): string {
  const status = response.status.slice(0, 3)
  if (Number(status) >= 400) return `${status} ${response.outcome?.issue[0]?.code ?? ''}`
  const { location = '', etag = '' } = response
  const seen = resource === undefined ? '' : timeless(shown(resource))
  return [status, location.replace(`${BASE}/`, ''), etag, seen].join(' ')
}

/** Of a Bundle what was found, without how it was paged. */
function shown(resource: unknown): string {
  const { entry, total, type, resourceType } = resource as Record<string, unknown>
  if (resourceType !== 'Bundle') return JSON.stringify(resource)
  const found = ((entry ?? []) as unknown[]).map((one) => JSON.stringify(one))
  return `${String(total)} ${(type === 'searchset' ? found.toSorted(byMasked) : found).join()}`
}

const timeless = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')

/** A version as it stands. */
export interface Version extends Row {
  readonly current: boolean
}

/** All versions written since then, by the tag of their play. */
export async function versionsByTag(db: Database, since: string): Promise<Map<string, Version[]>> {
  const stored = raw(STORED)
  const rows = await db.rows<Stored & { current: boolean }>(
    sql`select ${stored}, true as current from resource r where tx >= ${since}::xid8
        union all select ${stored}, false from history r where tx >= ${since}::xid8`,
  )
  const tags = new Map<bigint, string>()
  for (const { rid, id, body } of rows) {
    const tag = /\br\d+(?=-)/.exec(`${id} ${body ?? ''}`)?.[0]
    if (tag !== undefined) tags.set(rid, tag)
  }
  const found = new Map<string, Version[]>()
  for (const row of rows) {
    const tag = tags.get(row.rid) ?? ''
    found.set(tag, [...(found.get(tag) ?? []), { ...rowOf(row), current: row.current }])
  }
  return found
}

/** One text for all that was answered and all that is left, in which ids of the server's are told by their order. */
export function sameWords(tag: string, answers: readonly (readonly string[])[], versions: readonly Version[]): string {
  const left = versions.map(
    ({ type, id, version, how, current, body }) =>
      `${type}/${id} ${version} ${how} ${current ? 'current' : 'past'} ${body ?? ''}`,
  )
  const sorted = left.toSorted(byMasked)
  const names = new Map<string, string>()
  return JSON.stringify([answers, sorted], null, 1)
    .replaceAll(`${tag}-`, '')
    .replace(UUID, (id) => names.get(id) ?? (names.set(id, `#${names.size + 1}`), names.get(id) ?? ''))
}

/** The server's ids are no order. */
const byMasked = (a: string, b: string): number => (a.replace(UUID, '') < b.replace(UUID, '') ? -1 : 1)

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g

/** What must hold whatever came between: versions count 1 to n once each, time goes on, and only the last may be current. */
export function faultsOf(versions: readonly Version[]): string[] {
  return [...new Set(versions.map(({ rid }) => rid))].flatMap((key) => {
    const of = versions.filter(({ rid }) => rid === key)
    const sorted = of.toSorted((a, b) => a.version - b.version)
    const numbers = sorted.map(({ version }) => version).join()
    const whole = sorted.map((_, i) => i + 1).join()
    const name = `${of[0]?.type}/${of[0]?.id}`
    const last = sorted.at(-1)
    return [
      ...(numbers === whole ? [] : [`${name} has the versions ${numbers}`]),
      ...(sorted.some(({ updated }, i) => updated <= (sorted[i - 1]?.updated ?? 0)) ? [`${name}: time runs back`] : []),
      ...(sorted.some((one) => one.current !== (one === last && one.how !== 'd')) ? [`${name}: not the last one`] : []),
    ]
  })
}

/** Every row of the index belongs to a current version, and each current version has just the rows that are made of it. */
export async function indexFaults(house: House): Promise<string[]> {
  const rows = await house.db.rows<Stored & Columns>(sql`
    select ${raw(STORED)}, r.tokens, r.present,
      (select json_agg(array[d.param::text, d.low::text, d.high::text]) from dates d where d.rid = r.rid) as dates,
      (select json_agg(array[n.param::text, n.low::text, n.high::text]) from numbers n where n.rid = r.rid) as numbers,
      (select json_agg(array[s.param::text, s.value]) from strings s where s.rid = r.rid) as strings
    from resource r`)
  const [orphans] = await house.db.rows<{ count: number }>(sql`
    select count(*)::integer as count from (
      select rid from dates union all select rid from numbers union all select rid from strings union all select rid from opening
    ) i where not exists (select from resource r where r.rid = i.rid)`)
  const faults = orphans?.count ? [`${orphans.count} rows of the index belong to no current version`] : []
  return [
    ...faults,
    ...rows.filter((row) => !isIndexed(house, row)).map(({ type, id }) => `${type}/${id} is misindexed`),
  ]
}

interface Columns {
  tokens: bigint[]
  present: Buffer
  dates: string[][] | null
  numbers: string[][] | null
  strings: string[][] | null
}

function isIndexed({ extract }: House, stored: Stored & Columns): boolean {
  const row = { ...rowOf(stored), body: stored.body ?? '' }
  const made = extract(parseJson(textOf(row)).value as Resource, row.body)
  const several = made.patients.length > 1
  const patient = several ? -1n : (made.patients[0] ?? 0n)
  const tokens = [...made.tokens, ...(several ? made.patients.map(compartmentToken) : [])]
  const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
    a.map(String).toSorted().join('\n') === b.map(String).toSorted().join('\n')
  return (
    row.patient === patient &&
    same(stored.tokens, tokens) &&
    Buffer.from(made.present).equals(stored.present) &&
    same(
      stored.dates ?? [],
      made.dates.map(({ param, low, high }) => [param, low, high]),
    ) &&
    same(
      stored.numbers ?? [],
      made.numbers.map(({ param, low, high }) => [param, low, high]),
    ) &&
    same(
      stored.strings ?? [],
      made.strings.map(({ param, value }) => [param, value]),
    )
  )
}
