import type { CodeSystem } from '@medplum/fhirtypes'
import { sql, type Sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import { typeNumber } from '../fhir/types.ts'
import { takeIn, urlToken } from './tables/stored.ts'
import { takeInShipped } from './tables/shipped.ts'
import { compareVersions, isShipped, type Terminology } from './terminology.ts'

/** A code system in the tables. */
export interface System {
  readonly sid: number
  readonly url: string
  readonly version: string
  readonly source: 's' | 'l' | 'r'
  readonly content: CodeSystem['content']
  /** Case of its codes does not count. */
  readonly folded: boolean
  readonly tree: boolean
  /** How many. */
  readonly concepts: number
  /** The resource without its concepts. */
  readonly head: CodeSystem
}

interface Found extends Omit<System, 'sid'> {
  /** Null: a stored resource whose current version is not in the tables. */
  sid: number | null
  id: string | null
  edition: string | null
}

/** Of several the most complete one, of these the newest version, of these the stored resource. */
export async function findSystem(terminology: Terminology, url: string, version?: string): Promise<System | undefined> {
  const type = typeNumber('CodeSystem')
  const found = await fresh(
    terminology,
    url,
    sql`
    select s.sid, s.url, s.version, s.source, s.content, s.folded, s.tree, s.concepts, s.head, s.edition, null as id
    from code_system s where s.url = ${url} and s.rid is null
    union all
    select s.sid, s.url, s.version, s.source, s.content, s.folded, s.tree, s.concepts, s.head, null, r.id
    from (select type, rid, version, id from resource
          where tokens @> array[${urlToken('CodeSystem', url)}::bigint] offset 0) r
    left join code_system s on s.rid = r.rid and s.made_from = r.version
    where r.type = ${type}::smallint`,
  )
  return found
    .filter((system) => system.url === url && (version === undefined || system.version === version))
    .toSorted(best)[0]
}

export async function findSystemById(terminology: Terminology, id: string): Promise<System | undefined> {
  const [found] = await fresh(
    terminology,
    undefined,
    sql`
    select s.sid, s.url, s.version, s.source, s.content, s.folded, s.tree, s.concepts, s.head, s.edition, r.id
    from resource r left join code_system s on s.rid = r.rid and s.made_from = r.version
    where r.type = ${typeNumber('CodeSystem')}::smallint and r.rid = ${rid('CodeSystem', id)}`,
  )
  return found
}

/** The system, or a refusal that says which one is missing. */
export async function theSystem(terminology: Terminology, url: string, version?: string): Promise<System> {
  const system = await findSystem(terminology, url, version)
  if (system) return system
  const named = version === undefined ? url : `${url}|${version}`
  throw new FhirError('not-found', [{ message: `The code system ${named} is not known here.`, hint: UNKNOWN }])
}

const UNKNOWN =
  'PUT it as a CodeSystem resource, or have the operator load its release (npm run -s parchi -- terminology load).'

/** Whose url is that of a code system's value set of everything (CodeSystem.valueSet). */
export async function findSystemOfValueSet(terminology: Terminology, valueSet: string): Promise<System | undefined> {
  const ours = [...terminology.data.codeSystems.values()].find((system) => system.valueSet === valueSet)
  if (ours?.url) return findSystem(terminology, ours.url)
  const rows = await terminology.db.rows<{ url: string; version: string }>(sql`
    select url, version from code_system where value_set = ${valueSet}`)
  for (const { url, version } of rows.toSorted((a, b) => compareVersions(a.version, b.version))) {
    const system = await findSystem(terminology, url, version)
    if (system?.head.valueSet === valueSet) return system
  }
  return undefined
}

/** Runs the statement again after taking in what the tables do not have yet, or no longer as it is. */
async function fresh(terminology: Terminology, url: string | undefined, statement: Sql): Promise<System[]> {
  for (let turn = 0; ; turn++) {
    const rows = await terminology.db.rows<Found>(statement)
    const stale = rows.flatMap(({ sid, id }) => (sid === null && id !== null ? [id] : []))
    const ours =
      url !== undefined && isShipped(terminology, url) && !rows.some((row) => row.edition === terminology.edition)
    if ((stale.length === 0 && !ours) || turn === 3)
      return rows.flatMap(({ sid, ...rest }) => (sid === null ? [] : [{ ...rest, sid }]))
    for (const id of stale) await takeIn(terminology.db, 'CodeSystem', id)
    if (ours) await takeInShipped(terminology, url)
  }
}

const completeness = ['complete', 'fragment', 'example', 'supplement', 'not-present']

function best(a: System, b: System): number {
  return (
    completeness.indexOf(a.content) - completeness.indexOf(b.content) ||
    compareVersions(a.version, b.version) ||
    'rls'.indexOf(a.source) - 'rls'.indexOf(b.source)
  )
}
