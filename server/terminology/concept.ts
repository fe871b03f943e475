import type { CodeSystemConcept } from '@medplum/fhirtypes'
import { sql } from '../db/sql.ts'
import type { System } from './system.ts'
import { foldedToken } from './tables/concept.ts'
import type { Terminology } from './terminology.ts'

/** A concept in the tables. */
export interface Concept {
  readonly sid: number
  readonly place: number
  /** As the system writes it. */
  readonly code: string
  readonly display: string | null
  readonly abstract: boolean
  readonly inactive: boolean
  readonly parents: readonly string[] | null
  readonly detail: Pick<CodeSystemConcept, 'definition' | 'designation' | 'property'> | null
}

export async function findConcept(
  terminology: Terminology,
  system: System,
  code: string,
): Promise<Concept | undefined> {
  const { sid, folded } = system
  const rows = await terminology.db.prepared<Concept>('concept_by_code', BY_CODE, [sid, code])
  if (rows.length > 0 || !folded) return rows[0]
  const [row] = await terminology.db.rows<Concept>(sql`
    select sid, place, code, display, abstract, inactive, parents, detail from concept
    where tokens @> array[${foldedToken(sid, code)}::bigint] and sid = ${sid}`)
  return row
}

const BY_CODE = `
  select sid, place, code, display, abstract, inactive, parents, detail from concept where sid = $1 and code = $2`

/** Codes of direct children, in the order of the system. */
export async function childrenOf(terminology: Terminology, { sid, place, code }: Concept): Promise<string[]> {
  const rows = await terminology.db.rows<{ code: string }>(sql`
    select code from concept
    where above @> array[(${sid}::bigint << 32) + ${place}] and ${code} = any (parents) order by place`)
  return rows.map((row) => row.code)
}
