import type { ConceptMap } from '@medplum/fhirtypes'
import { sql } from '../db/sql.ts'
import { FhirError } from '../errors.ts'
import { rid } from '../fhir/keys.ts'
import { takeInShippedMaps } from './tables/shipped.ts'
import { takeInStale } from './tables/stored.ts'
import { compareVersions, type Terminology } from './terminology.ts'

/** A concept map in the tables. */
export interface StoredMap {
  readonly mid: number
  readonly url: string | null
  readonly version: string
  readonly source_set: string | null
  readonly target_set: string | null
  /** Without its elements. */
  readonly head: Omit<ConceptMap, 'group'> & {
    readonly group?: readonly Pick<NonNullable<ConceptMap['group']>[number], 'source' | 'target' | 'unmapped'>[]
  }
}

export interface MapsWanted {
  readonly url?: string | undefined
  readonly version?: string | undefined
  /** Of a stored resource. */
  readonly id?: string | undefined
}

/** Concept maps by url or id, or all of them: the stored ones first. Of several versions of a url the newest counts. */
export async function findMaps(terminology: Terminology, { url, version, id }: MapsWanted): Promise<StoredMap[]> {
  await takeInShippedMaps(terminology)
  await takeInStale(terminology.db, 'ConceptMap')
  const key = id === undefined ? null : rid('ConceptMap', id)
  const rows = await terminology.db.rows<StoredMap>(sql`
    select m.mid, m.url, m.version, m.source_set, m.target_set, m.head from concept_map m
    where (${url ?? null}::text is null or m.url = ${url ?? null}) and (${key}::bigint is null or m.rid = ${key})
      and (${version ?? null}::text is null or m.version = ${version ?? null})
      and (m.rid is null or exists (select from resource r where r.rid = m.rid))
    order by m.rid is null, m.mid`)
  const sorted = rows.toSorted((a, b) => compareVersions(a.version, b.version))
  const newest = new Map<string, StoredMap>()
  for (const map of sorted) {
    const name = map.url ?? `#${map.mid}`
    if (!newest.has(name)) newest.set(name, map)
  }
  return [...newest.values()]
}

export async function theMaps(terminology: Terminology, wanted: MapsWanted): Promise<StoredMap[]> {
  const maps = await findMaps(terminology, wanted)
  if (maps.length > 0) return maps
  throw new FhirError('not-found', `The concept map ${wanted.url ?? ''} is not known here.`)
}
